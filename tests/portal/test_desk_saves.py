"""Saving a page of the desk as it is shown changes nothing: no form drops what it does not offer."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from accounts.models import Agent, User
from portal.lib.access import Role
from portal.lib.permissions import DESK
from tests import factories
from tests.html_forms import posts_of

pytestmark = pytest.mark.django_db
# Their pages are not forms of the admin: every act there has a form of its own, tested with the act.
OF_OUR_OWN = {"tickets_ticket", "tickets_rootcauseanalysis", "accounts_awayperiod"}
MODELS = {
    f"{model._meta.app_label}_{model._meta.model_name}": model
    for model, site in admin.site._registry.items()
    if Role.ADMINISTRATOR in DESK[f"{model._meta.app_label}_{model._meta.model_name}"].change
}


# What each page says of a row that was saved.
SAID = {
    "accounts_account": ("Account “{}” saved.", "Compte « {} » enregistré."),
    "accounts_agent": ("Agent “{}” saved.", "Agent « {} » enregistré."),
    "accounts_contact": ("Contact “{}” saved.", "Contact « {} » enregistré."),
    "accounts_contract": ("Contract “{}” saved.", "Contrat « {} » enregistré."),
    "accounts_region": ("Region “{}” saved.", "Région « {} » enregistrée."),
    "accounts_tierprice": ("Price “{}” saved.", "Prix « {} » enregistré."),
    "accounts_tierterms": ("Tier “{}” saved.", "Offre « {} » enregistrée."),
    "accounts_user": ("Person “{}” saved.", "Personne « {} » enregistrée."),
    "sla_calendar": ("Business-hours calendar “{}” saved.", "Calendrier des heures ouvrées « {} » enregistré."),
    "sla_target": ("Target “{}” saved.", "Délai cible « {} » enregistré."),
}
# The title of each list that is the admin's own, and of the page that adds a row where there is one.
TITLES = {
    "accounts_account": ("Accounts", "Comptes", "Add account", "Ajouter un compte"),
    "accounts_agent": ("Agents", "Agents", "Add agent", "Ajouter un agent"),
    "accounts_apitoken": ("API tokens", "Jetons d’API", "", ""),
    "accounts_contact": ("Contacts", "Contacts", "Add contact", "Ajouter un contact"),
    "accounts_contract": ("Contracts", "Contrats", "Add contract", "Ajouter un contrat"),
    "accounts_region": ("Regions", "Régions", "Add region", "Ajouter une région"),
    "accounts_tierprice": ("Prices of tiers", "Prix des offres", "", ""),
    "accounts_tierterms": ("Tiers", "Offres", "", ""),
    "accounts_user": ("People", "Personnes", "Add person", "Ajouter une personne"),
    "portal_notice": ("Notifications", "Notifications", "", ""),
    "sla_calendar": (
        "Business-hours calendars", "Calendriers des heures ouvrées",
        "Add business-hours calendar", "Ajouter un calendrier des heures ouvrées",
    ),
    "sla_clock": ("SLA clocks", "Délais en cours", "", ""),
    "tickets_incomingmail": ("Incoming emails", "E-mails entrants", "", ""),
    "tickets_verification": ("Self-checks", "Contrôles internes", "", ""),
}  # fmt: skip


def plain(text):
    return strip_tags(str(text)).replace("\N{NO-BREAK SPACE}", " ")


def row_of(row):
    """What people can enter of a row, as stored; what verbs note beside it is theirs."""
    columns = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.editable or f.primary_key}
    return columns | {f.name: sorted(getattr(row, f.name).values_list("pk", flat=True)) for f in row._meta.many_to_many}


@pytest.mark.parametrize("name", sorted(set(MODELS) - OF_OUR_OWN))
def test_saving_a_page_as_it_is_shown_changes_nothing(name, client_for, administrator, ticket, tokyo):
    speaker = factories.make_agent("kenji@punctual.test")
    speaker.languages, speaker.skills = ["en", "ja", "pt-br", "xx"], [f"Product {n}" for n in range(50)]
    speaker.save()
    speaker.regions.set([tokyo])
    client, row = client_for(administrator), MODELS[name].objects.order_by("pk").last()
    before, address = row_of(row), reverse(f"admin:{name}_change", args=[row.pk])
    form = next(form for form in posts_of(client.get(address).content.decode()) if ("_save", "") in form.buttons or
                any(button == "_save" for button, _value in form.buttons))  # fmt: skip

    answer = client.post(address, form.data() | {"_save": ["Save"]})

    assert answer.status_code == 302
    assert row_of(MODELS[name].objects.get(pk=row.pk)) == before


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(set(MODELS) - OF_OUR_OWN))
def test_each_page_says_in_its_own_words_what_was_saved(name, language, client_for, administrator, ticket):
    User.objects.filter(pk=administrator.user_id).update(language=language)
    client, row = client_for(administrator), MODELS[name].objects.order_by("pk").last()
    address = reverse(f"admin:{name}_change", args=[row.pk])
    form = next(
        form for form in posts_of(client.get(address).content.decode()) if any(b == "_save" for b, _ in form.buttons)
    )

    answer = client.post(address, form.data() | {"_save": ["Save"]}, follow=True)

    with translation.override(language):
        wanted = SAID[name][language == "fr"].format(
            str(MODELS[name].objects.get(pk=row.pk)).replace("\N{NO-BREAK SPACE}", " ")
        )
    assert [plain(message) for message in answer.context["messages"]] == [wanted]


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("fr", 1)])
@pytest.mark.parametrize("name", sorted(TITLES))
def test_each_list_has_a_title_of_its_own(name, language, place, client_for, administrator):
    User.objects.filter(pk=administrator.user_id).update(language=language)
    client = client_for(administrator)

    page = client.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert (f"<title>{TITLES[name][place]} · Punctual</title>" in page, f"<h1>{TITLES[name][place]}</h1>" in page) == (
        True, True,
    )  # fmt: skip
    if add := TITLES[name][2 + place]:
        form = client.get(reverse(f"admin:{name}_add")).content.decode()
        assert (f">{add}</a>" in page, f"<title>{add} · Punctual</title>" in form, f"<h1>{add}</h1>" in form) == (
            True, True, True,
        )  # fmt: skip


def test_an_agent_keeps_every_language_and_gains_the_one_that_is_ticked(client_for, administrator):
    agent = factories.make_agent("kenji@punctual.test")
    Agent.objects.filter(pk=agent.pk).update(languages=["en", "ja", "xx"])
    client, address = client_for(administrator), reverse("admin:accounts_agent_change", args=[agent.pk])
    form = posts_of(client.get(address).content.decode())
    values = next(found for found in form if "languages" in found.fields).data()

    client.post(address, values | {"languages": [*values["languages"], "de"], "_save": ["Save"]})

    agent.refresh_from_db()
    assert sorted(agent.languages) == ["de", "en", "ja", "xx"]
    assert "Japanese" in client.get(reverse("admin:accounts_agent_changelist")).content.decode()


@pytest.mark.parametrize(("language", "sentence"), [("en", "Enter at most 50 products."),
                                                    ("fr", "Saisissez au plus 50 produits.")])  # fmt: skip
def test_more_products_than_fit_are_refused_and_not_cut(language, sentence, client_for, administrator):
    administrator.user.language = language
    administrator.user.save()
    agent = factories.make_agent("kenji@punctual.test")
    client, address = client_for(administrator), reverse("admin:accounts_agent_change", args=[agent.pk])
    form = next(found for found in posts_of(client.get(address).content.decode()) if "skills" in found.fields)

    page = client.post(address, form.data() | {"skills": ", ".join(f"P{n}" for n in range(51)), "_save": "Save"})

    agent.refresh_from_db()
    assert sentence in page.content.decode()
    assert agent.skills == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["No changes yet.", "Date and time", "Changed by", "Root", "No fields changed."]),
        ("fr", ["Aucune modification pour l’instant.", "Date et heure", "Modifié par", "Root", "Aucun champ modifié."]),
    ],
)
def test_the_history_of_a_row_is_written_as_the_rest_of_the_product_writes(
    language, said, client_for, administrator, ticket
):
    User.objects.filter(pk=administrator.user_id).update(language=language)
    client, pk = client_for(administrator), ticket.account_id
    address = reverse("admin:accounts_account_change", args=[pk])
    before = client.get(reverse("admin:accounts_account_history", args=[pk])).content.decode()
    form = next(
        form for form in posts_of(client.get(address).content.decode()) if any(b == "_save" for b, _ in form.buttons)
    )
    client.post(address, form.data() | {"_save": ["Save"]})
    after = plain(client.get(reverse("admin:accounts_account_history", args=[pk])).content.decode())

    assert [words in text for words, text in zip(said, [before, *[after] * 4], strict=True)] == [True] * 5


@pytest.mark.parametrize(("language", "price"), [("en", "28,000"), ("fr", "28 000")])
def test_prices_are_written_with_groups(language, price, client_for, administrator):
    User.objects.filter(pk=administrator.user_id).update(language=language)

    page = client_for(administrator).get(reverse("admin:accounts_tierprice_changelist")).content.decode()

    assert f">{price}</td>" in page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
