"""Saving a page of the desk as it is shown changes nothing: no form drops what it does not offer."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Agent
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
