"""What the product calls its kinds of mail, its priorities and its sample people, in the language of the reader."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from accounts.contacts.forms import InviteForm
from accounts.models import Contract, Region
from portal import demo
from portal.lib import notice_kinds
from portal.lib.clock import now
from portal.lib.notice import Notice
from sla.core.enums import Priority, priority_choices
from tickets.calls.forms import CallForm
from tickets.core.desk.forms import OpeningForm

pytestmark = pytest.mark.django_db


def test_every_kind_of_mail_has_a_name():
    folders = {path.name for path in (Path(settings.BASE_DIR) / "templates" / "emails").iterdir() if path.is_dir()}

    assert set(notice_kinds.NAMES) == folders


def test_the_desk_names_a_mail_in_the_language_of_the_lead(client_for, lead, requester):
    lead.user.language = "fr"
    lead.user.save()
    notice = Notice.objects.create(
        key="n", kind="ticket_assigned", recipient=requester.user, created_at=now(), not_before=now()
    )
    page = client_for(lead).get("/desk/portal/notice/").content.decode()

    assert "Ticket attribué" in page
    assert "ticket_assigned" not in page
    assert (
        "<h1>Ticket attribué → Marc Petit</h1>"
        in client_for(lead).get(f"/desk/portal/notice/{notice.pk}/change/").content.decode()
    )


def test_lists_of_the_desk_write_days_and_moments_as_the_rest_does(client_for, lead, account):
    lead.user.language = "fr"
    lead.user.save()
    Contract.objects.filter(account=account).update(starts_on=date(2026, 7, 1), ends_on=date(2027, 1, 31))

    page = client_for(lead).get("/desk/accounts/contract/").content.decode()

    assert "1er juil. 2026" in page
    assert "31 janv. 2027" in page
    assert "?o=" in page, "and are sorted as before"


def test_priorities_are_named_when_a_form_is_shown_not_when_it_is_loaded(requester):
    with translation.override("fr"):
        said = priority_choices()
        call = list(CallForm(has_ticket=False, chooses_language=False).fields["priority"].choices)
        desk = list(OpeningForm(contact=requester).fields["priority"].choices)

        french = [(p.value, f"{p.code} {p.label}") for p in Priority]

    assert said == call == desk == french
    assert said != priority_choices(), "English where English is active"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_invitation_presets_the_language_of_whoever_invites(client_for, account_admin, language):
    account_admin.user.language = language
    account_admin.user.save()

    page = client_for(account_admin).get("/account/contacts/invite/").content.decode()

    other = {"en": "fr", "fr": "en"}[language]
    checked = [line for line in page.split("<input") if 'name="language"' in line and "checked" in line]
    assert [f'value="{language}"' in line for line in checked] == [True]
    assert not any(f'value="{other}"' in line for line in checked)


def test_an_invitation_without_a_language_is_not_guessed():
    form = InviteForm({"email": "a@b.example", "name": "A", "role": "member"}, regions=Region.objects.none())

    assert "language" in form.errors


def test_sample_people_are_described_in_the_language_of_the_reader(client, settings):
    settings.DEMO = True
    french = client.get("/sign-in/", headers={"accept-language": "fr"}).content.decode()

    assert "responsable d’équipe" in french
    assert [words for _name, _email, words in demo.SIGN_INS if f"> {words}<" in french] == []
    assert "team lead" in client.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
