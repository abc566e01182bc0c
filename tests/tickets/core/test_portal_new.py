"""The new-ticket page: the live promise, prefilled links, errors that lose nothing, and one ticket for two clicks."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.core.enums import ContactRole
from sla.core.enums import Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.enums import Channel, LanguageChoice
from tickets.models import Attachment, Follower, Ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
NEW = "/tickets/new/"
GOOD = {
    "subject": "Enrolment fails", "product": "Device Manager 11", "priority": "2", "body": "Nothing happens.",
    "submission": "a-token-of-the-form-1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def words(response):
    """The page as one line of text, without markup."""
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("\xa0", " ").split())


def test_a_premium_contact_reads_the_gold_promise_on_every_card(client_for, requester):
    page = client_for(requester).get(NEW)
    shown = [(card.code, card.reply, card.check_ins) for card in page.context["cards"]]
    assert [tuple(text.replace("\xa0", " ") for text in card) for card in shown] == [
        ("P1", "First reply by 11:00 today (1 h, 24/7).",
         "Then a check-in every 4 business hours, next: today 14:00, today 18:00, tomorrow 13:00."),
        ("P2", "First reply by 13:00 today (3 h, 24/7).",
         "Then a check-in every 4 business hours, next: today 14:00, today 18:00, tomorrow 13:00."),
        ("P3", "First reply by 13:00 today (3 h, 24/7).",
         "Then a check-in once per business day, next: tomorrow 18:00, Wed 11 Nov 18:00, Thu 12 Nov 18:00."),
        ("P4", "First reply by 18:00 today (8 h, 24/7).", "Then a check-in whenever the status changes."),
    ]  # fmt: skip


def test_a_colleague_without_a_seat_reads_the_standard_promise_and_who_can_help(client_for, colleague, account_admin):
    colleague.user.language = "en"
    colleague.user.save()
    page = client_for(colleague).get(NEW)
    assert "First reply by 14:00 today (4 h in business hours, France)." in words(page)
    assert "You do not have a Premium seat of Acme, so Standard targets apply to you." in words(page)
    assert page.context["helpers"] == ["Anna Roy"]
    assert "Anna Roy" in words(page)


def test_a_link_fills_in_the_form(client_for, requester):
    page = client_for(requester).get(NEW, {"priority": "2", "subject": "From a link", "product": "Agent 4"})
    form = page.context["form"]
    assert [form[name].value() for name in ("priority", "subject", "product")] == [
        Priority.HIGH,
        "From a link",
        "Agent 4",
    ]


def test_nonsense_in_the_link_is_left_out(client_for, requester):
    page = client_for(requester).get(NEW, {"priority": "99", "region": "x"})
    assert (page.status_code, page.context["form"]["priority"].value()) == (200, Priority.MEDIUM)


def test_the_product_of_the_last_ticket_is_remembered(client_for, requester):
    factories.make_ticket(requester, product="Device Manager 11")
    assert client_for(requester).get(NEW).context["form"]["product"].value() == "Device Manager 11"


def test_a_ticket_is_opened_with_all_that_was_written(client_for, requester, colleague):
    client = client_for(requester)
    answer = client.post(
        NEW, GOOD | {"followers": [colleague.pk], "is_private": "on", "files": SimpleUploadedFile("a.png", PNG)}
    )
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{ticket.number}/receipt/")
    assert (
        ticket.subject, ticket.product, ticket.priority, ticket.channel, ticket.is_private, ticket.requester,
    ) == ("Enrolment fails", "Device Manager 11", 2, Channel.PORTAL, True, requester)  # fmt: skip
    assert [f.contact for f in Follower.objects.all()] == [colleague]
    assert [(a.name, a.message.ticket) for a in Attachment.objects.all()] == [("a.png", ticket)]


def test_the_receipt_can_be_read_again_later(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    for _ in range(2):
        page = client.get(f"/tickets/{ticket.number}/receipt/")
        assert page.status_code == 200
        assert ticket.number in words(page)


def test_two_clicks_open_one_ticket(client_for, requester):
    client = client_for(requester)
    first, second = client.post(NEW, GOOD), client.post(NEW, GOOD)
    assert Ticket.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_a_refused_form_can_be_sent_again_with_the_same_token(client_for, requester):
    client = client_for(requester)
    assert client.post(NEW, GOOD | {"subject": ""}).status_code == 422
    assert client.post(NEW, GOOD).status_code == 302
    assert Ticket.objects.count() == 1


def test_preview_judges_nothing_and_loses_nothing(client_for, requester, colleague):
    client = client_for(requester)
    page = client.post(
        NEW,
        {"priority": "1", "subject": "", "body": "Half a sentence", "preview": "1", "followers": [colleague.pk],
         "is_private": "on", "files": SimpleUploadedFile("a.png", PNG)},
    )  # fmt: skip
    form = page.context["form"]
    assert page.status_code == 200
    assert Ticket.objects.count() == 0
    assert (form["priority"].value(), form["body"].value(), form["is_private"].value()) == (1, "Half a sentence", True)
    assert form["followers"].value() == [str(colleague.pk)]
    assert [kept.name for kept in page.context["uploads"].kept] == ["a.png"]
    assert 'aria-invalid="true"' not in page.content.decode()
    assert page.context["chosen"] == Priority.URGENT


def test_an_error_keeps_the_words_and_the_files_and_names_itself_first(client_for, requester):
    client = client_for(requester)
    page = client.post(NEW, GOOD | {"subject": "", "files": SimpleUploadedFile("a.png", PNG)})
    assert page.status_code == 422
    assert Ticket.objects.count() == 0
    html = page.content.decode()
    assert "<title>Error:" in html
    assert 'href="#id_subject"' in html
    assert "Nothing happens." in html
    key = Attachment.objects.get().key
    assert f'value="{key}"' in html
    client.post(NEW, GOOD | {"attachments": [key]})
    assert Attachment.objects.get().message.ticket == Ticket.objects.get()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("page.html", b"<script>alert(1)</script>", "Files such as “page.html” are not accepted."),
        ("picture.svg", b"<svg onload='alert(1)'/>", "Files such as “picture.svg” are not accepted."),
        ("fake.png", b"<html>", "The content of “fake.png” does not match its file type."),
    ],
)
def test_a_file_that_is_not_accepted_is_named_and_nothing_is_opened(client_for, requester, name, content, sentence):
    page = client_for(requester).post(NEW, GOOD | {"files": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert sentence in words(page)
    assert (Ticket.objects.count(), Attachment.objects.count()) == (0, 0)


def test_an_upload_of_somebody_else_can_neither_be_taken_nor_told_from_a_missing_one(client_for, requester, stranger):
    client_for(stranger).post(NEW, {"preview": "1", "files": SimpleUploadedFile("secret.png", PNG)})
    foreign = Attachment.objects.get()
    client = client_for(requester)
    pages = [client.post(NEW, GOOD | {"attachments": [key]}) for key in (foreign.key, "x" * 43)]
    assert [page.status_code for page in pages] == [422, 422]
    assert [page.context["uploads"].errors for page in pages] == [
        ["One of the files is no longer available. Add it again."]
    ] * 2
    assert "secret.png" not in pages[0].content.decode()
    foreign.refresh_from_db()
    assert (foreign.message, Ticket.objects.count()) == (None, 0)


def test_a_follower_of_another_account_is_refused_without_a_name(client_for, requester, stranger):
    page = client_for(requester).post(NEW, GOOD | {"followers": [stranger.pk]})
    assert page.status_code == 422
    assert "Choose colleagues from the list." in words(page)
    assert "Bob" not in page.content.decode()
    assert Ticket.objects.count() == 0


def test_a_foreign_region_is_refused(client_for, requester, tokyo):
    page = client_for(requester).post(NEW, GOOD | {"region": tokyo.pk})
    assert page.status_code == 422
    assert Ticket.objects.count() == 0


def test_standard_rules_apply_whatever_the_form_claims(client_for, stranger):
    client_for(stranger).post(
        NEW, GOOD | {"priority": "1", "tier": "platinum", "sla_plan": "premium"}, headers={"X-Priority": "1"}
    )
    clock = Ticket.objects.get().clocks.get(kind="response")
    assert (clock.tier, clock.coverage, clock.target_minutes) == ("standard", "business_hours", 120)


def test_who_writes_french_on_a_24x7_tier_chooses_the_language(client_for, account, account_admin, lead):
    person = factories.make_contact(account, "zoe@acme.test", name="Zoé", language="fr", role=ContactRole.MEMBER)
    factories.seat(person, by=lead.user)
    client = client_for(person)
    assert "language_choice" in client.get(NEW).context["form"].fields
    client.post(NEW, GOOD | {"language_choice": "own"})
    ticket = Ticket.objects.get()
    assert (ticket.language_choice, ticket.language) == (LanguageChoice.OWN, "fr")
    assert ticket.clocks.get(kind="response").coverage == "business_hours"


def test_who_writes_english_is_not_asked_for_a_language(client_for, requester):
    fields = client_for(requester).get(NEW).context["form"].fields
    assert ("subject" in fields, "language_choice" in fields) == (True, False)


def test_the_fragment_reckons_for_the_choices_and_announces_only_choices(client_for, requester):
    client = client_for(requester)
    chosen = client.get(
        "/tickets/new/promise/", {"priority": "1"}, headers={"HX-Request": "true", "HX-Trigger": "promise-change"}
    )
    ticked = client.get(
        "/tickets/new/promise/", {"priority": "1"}, headers={"HX-Request": "true", "HX-Trigger": "promise-tick"}
    )
    assert (chosen.context["chosen"], chosen.context["announce"], ticked.context["announce"]) == (1, True, False)
    assert "<html" not in chosen.content.decode()
    assert 'id="promise-1"' in chosen.content.decode()


def test_a_region_without_opening_hours_says_so_and_keeps_the_form(client_for, requester, paris):
    paris.calendar.delete()
    page = client_for(requester).get(NEW)
    assert page.status_code == 200
    assert page.context["cards"] == []


def test_hostile_words_come_back_as_words(client_for, requester):
    evil = '"><script>alert(1)</script>'
    page = client_for(requester).post(NEW, GOOD | {"subject": evil, "body": ""})
    assert page.status_code == 422
    assert "<script>alert(1)</script>" not in page.content.decode()


def test_the_page_costs_the_same_with_a_long_history(client_for, requester, django_assert_max_num_queries):
    client = client_for(requester)
    for _ in range(3):
        factories.make_ticket(requester, product="X")
    with django_assert_max_num_queries(20):
        client.get(NEW)


def test_a_member_of_staff_has_no_new_ticket_page(client_for, agent):
    assert client_for(agent).get(NEW).status_code == 403


def test_nobody_gets_in_without_signing_in(client):
    answer = client.get(NEW)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('account_login')}?next=/tickets/new/")
