"""Mails: one reader each, in their language and zone, with the same content in both bodies and nothing that leaks."""

import re
from datetime import timedelta
from html import escape, unescape
from types import SimpleNamespace

import pytest

from accounts.models import Contact, User
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.outbox import Notice
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockKind, Priority
from tests.factories import MONDAY_9AM, make_contact, make_ticket
from tests.french import Judge, built_around_a_colon
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.conversation import ReplyDetails, add_note, reply_as_agent, reply_as_customer
from tickets.core.domain.followers import add_follower, remove_follower
from tickets.core.domain.lifecycle import ask_for_priority, change_status
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, MessageKind, Status
from tickets.mail.domain.reply_tokens import reply_address

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NBSP = "\u00a0"
# Everything else is made by a machine for a person.
AUTOMATIC = {"ticket_opened": "auto-replied", "agent_wrote": None}
ABOVE = "— Write your reply above this line —\n\n"
KINDS = {
    "ticket_opened", "agent_wrote", "customer_wrote", "ticket_assigned", "priority_asked", "due_soon", "overdue",
    "check_in_due", "seat_validated", "seat_declined",
}  # fmt: skip


@pytest.fixture
def post(mailoutbox):
    """`post(at)`: deliver what waits; returns the mails as [(kind, address, mail)] in the order in which they left."""

    def deliver(at=MONDAY_9AM):
        left = []
        while notice := Notice.objects.waiting(at).select_related("recipient").order_by("not_before", "pk").first():
            if outbox.deliver(now=at, limit=1):
                left.append((notice.kind, notice.recipient.email, mailoutbox[-1]))
        return left

    return deliver


@pytest.fixture
def all_kinds(post, account, requester, account_admin, colleague, agent, lead):
    """Every kind of mail there is, each delivered right after the act that caused it, in `language`."""

    def tell(language):
        User.objects.update(language=language)
        left, at = post(), MONDAY_9AM
        ticket = make_ticket(Contact.objects.get(pk=requester.pk), priority=Priority.URGENT, followers=[account_admin])
        assign(ticket, agent, by=lead.user, now=at)
        left += post(at)
        ask_for_priority(ticket, Priority.HIGH, reason="Only one site now", by=requester.user, now=at)
        left += post(at)
        for later in (46 * MINUTE, HOUR, 3 * HOUR):
            at = MONDAY_9AM + later
            sweep(now=at)
            act_on_clock_events(now=at)
            plan_check_ins(now=at)
            left += post(at)
        reply_as_agent(ticket, body="We are **on** it.", by=agent.user, now=at)
        reply_as_customer(ticket, body="Thank you & good luck", by=requester, channel=Channel.PORTAL, now=at)
        left += post(at)
        seat = seats.nominate(colleague, by=account_admin.user, now=at)
        seats.decline(seat, reason="Named twice", by=lead.user, now=at)
        return left + post(at)

    return tell


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def said(mail):
    """Both bodies."""
    return mail.body, mail.alternatives[0][0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_says_the_same_in_both_bodies_in_the_readers_language(all_kinds, language):
    left = all_kinds(language)

    assert {kind for kind, _address, _mail in left} == KINDS
    for kind, address, mail in left:
        text, html = said(mail)
        assert mail.to == [address], kind
        assert (mail.cc, mail.bcc) == ([], []), kind
        assert (f'<html lang="{language}">' in html, mail.extra_headers["Content-Language"]) == (True, language), kind
        assert mail.extra_headers.get("Auto-Submitted") == AUTOMATIC.get(kind, "auto-generated"), kind
        assert ("X-Auto-Response-Suppress" in mail.extra_headers) == (kind != "agent_wrote"), kind
        assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", mail.extra_headers["Message-ID"]), kind
        assert "\n\n\n" not in text, kind
        links = re.findall(r"http\S+", text)
        follows = "List-Unsubscribe" in mail.extra_headers
        assert len(links) == 1 + follows, kind
        assert links[0].startswith("http://localhost:8000/"), kind
        assert f'href="{links[0]}"' in html, kind
        plain = text_of(html)
        for line in text.splitlines():
            line = line.removesuffix(links[-1]).strip()
            if line not in {"", "--", *links}:
                told = line.replace("*", "").removesuffix(":").removeprefix("Punctual · ")
                assert " ".join(told.split()) in plain, kind


def test_mails_in_french_have_no_english_word_that_is_not_in_somebodys_own_words(all_kinds):
    left = all_kinds("fr")
    judge = Judge.of_the_database()
    found = {}
    for kind, _address, mail in left:
        lines = "".join(f"<p>{escape(line)}</p>" for line in [mail.subject, *mail.body.splitlines()])
        if english := judge.english_in(lines + mail.alternatives[0][0]):
            found[kind] = english
        if colons := built_around_a_colon("\n".join([mail.subject, mail.body])):
            found[kind] = colons

    assert found == {}
    assert {kind for kind, _address, _mail in left} == KINDS


def test_every_mail_has_an_id_of_its_own_and_those_of_a_ticket_form_one_thread(all_kinds):
    left = all_kinds("en")

    ids = [mail.extra_headers["Message-ID"] for _kind, _address, mail in left]
    roots = {mail.extra_headers.get("References") for kind, _address, mail in left if not kind.startswith("seat_")}
    assert len(set(ids)) == len(ids)
    assert len(roots) == 1


def test_an_answer_tells_what_changed_whose_turn_what_comes_next_and_the_words(post, requester, agent):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    assign(ticket, agent, by=agent.user, now=MONDAY_9AM)
    post()
    reply_as_agent(ticket, body="Restart the **server**.", by=agent.user, now=MONDAY_9AM + HOUR)

    ((_kind, _address, mail),) = post(MONDAY_9AM + HOUR)

    assert (mail.subject, mail.extra_headers["From"]) == (
        f"[{ticket.number}] Reply from Léa — Enrolment fails",
        "=?utf-8?q?L=C3=A9a_at_Punctual?= <support@punctual.example>",
    )
    assert mail.body == (
        f"{ABOVE}Léa replied to “Enrolment fails”.\n\n"
        "Next step: our reply.\n"
        f"Next check-in by Monday 9{NBSP}November at 15:00 (Paris), in business hours.\n\n"
        "Léa wrote:\n\n"
        "Restart the **server**.\n\n"
        f"Open {ticket.number}\n"
        f"http://localhost:8000/tickets/{ticket.number}/\n\n"
        "--\n"
        "Punctual · You get this email because you opened the ticket.\n"
    )
    assert "Restart the <strong>server</strong>." in said(mail)[1]


def test_an_acknowledgement_names_both_targets_and_their_hours_but_repeats_no_text(post, requester):
    ticket = make_ticket(requester, priority=Priority.URGENT, body="Buy cheap pills")

    mail = next(mail for kind, _address, mail in post() if kind == "ticket_opened")

    assert mail.body.startswith(
        f"{ABOVE}We have received {ticket.number} “Enrolment fails”, priority P1 Urgent.\n\n"
        "Next step: our reply.\n"
        f"Reply within 1{NBSP}h (24/7), by Monday 9{NBSP}November at 11:00 (Paris).\n"
        f"Next check-in by Monday 9{NBSP}November at 14:00 (Paris), in business hours.\n"
    )
    assert "pills" not in "".join(said(mail))


def test_the_readers_time_comes_first_and_the_regions_after_it(post, requester):
    User.objects.filter(pk=requester.user_id).update(time_zone="America/Toronto")
    make_ticket(requester, priority=Priority.URGENT)

    mail = next(mail for kind, _address, mail in post() if kind == "ticket_opened")

    assert f"Reply within 1{NBSP}h (24/7), by Monday 9{NBSP}November at 05:00 (Toronto), 11:00 in Paris." in mail.body


def test_dates_are_french_for_a_french_reader(post, requester):
    User.objects.filter(pk=requester.user_id).update(language="fr")
    make_ticket(requester, priority=Priority.URGENT)

    mail = next(mail for kind, _address, mail in post() if kind == "ticket_opened")

    assert f"Réponse en 1{NBSP}h (24/7), au plus tard lundi 9{NBSP}novembre à{NBSP}11:00 (Paris)." in mail.body


def test_check_ins_and_changes_of_status_are_named_in_the_subject(post, requester, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)
    post()
    reply_as_agent(
        ticket, body="Half way.", by=agent.user, now=MONDAY_9AM, details=ReplyDetails(kind=MessageKind.CHECK_IN)
    )
    change_status(ticket, Status.ON_HOLD, by=agent.user, now=MONDAY_9AM)

    subjects = [mail.subject for _kind, _address, mail in post()]

    assert subjects == [
        f"[{ticket.number}] Check-in from Léa — Enrolment fails",
        f"[{ticket.number}] Status: On hold — Enrolment fails",
    ]


def test_a_missed_target_is_admitted_to_the_customer(post, requester, colleague, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT, followers=[colleague])
    assign(ticket, agent, by=agent.user, now=MONDAY_9AM)
    late = MONDAY_9AM + 2 * HOUR
    post()
    User.objects.update(language="en")
    sweep(now=late)
    reply_as_customer(ticket, body="Hello?", by=requester, channel=Channel.PORTAL, now=late)

    mails = {address: mail.body for kind, address, mail in post(late) if kind == "customer_wrote"}

    assert f"Reply overdue since Monday 9{NBSP}November at 11:00 (Paris)." in mails[agent.user.email]
    assert mails[colleague.user.email].splitlines()[5] == (
        f"Our reply has been overdue since Monday 9{NBSP}November at 11:00 (Paris). Léa is working on it."
    )


def test_no_word_of_an_internal_note_leaves_in_any_mail(all_kinds, post, requester, agent):
    all_kinds("en")
    ticket = requester.requested_tickets.get()
    add_note(ticket, body="The customer is wrong, as always", by=agent.user, now=MONDAY_9AM + 4 * HOUR)
    noted = post(MONDAY_9AM + 4 * HOUR)
    reply_as_agent(ticket, body="Solved.", by=agent.user, now=MONDAY_9AM + 5 * HOUR, status_after=Status.SOLVED)

    left = post(MONDAY_9AM + 5 * HOUR)

    assert noted == []
    assert left
    assert not [mail for _kind, _address, mail in left if "as always" in "".join(said(mail))]


def test_customers_get_portal_links_and_staff_get_desk_links(post, requester, agent, lead, settings):
    settings.SITE_URL = "https://support.acme.test"
    ticket = make_ticket(requester)
    assign(ticket, agent, by=lead.user, now=MONDAY_9AM)

    links = {kind: re.findall(r"http\S+", mail.body) for kind, _address, mail in post()}

    assert (links["ticket_opened"], links["ticket_assigned"]) == (
        [f"https://support.acme.test/tickets/{ticket.number}/"],
        [f"https://support.acme.test/desk/tickets/ticket/{ticket.pk}/change/"],
    )


# --- Hostile words ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "Eve <evil@evil.test>, b1@bravo.test",
    "Eve\r\nBcc: everybody@evil.test\r\n\r\nHello",
    "Eve\u2028X-Evil: 1\x85X-More: 1",
    '"Eve" <evil@evil.test>\n',
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_or_subject_adds_no_reader_and_no_header(post, requester, agent, name):
    ticket = make_ticket(requester)
    type(ticket).objects.filter(pk=ticket.pk).update(subject=f"{name} Subject")
    User.objects.filter(pk__in=[agent.user.pk, requester.user_id]).update(name=name)
    post()
    ticket.refresh_from_db()
    reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM)

    ((_kind, address, mail),) = post()

    message = mail.message()
    assert message.get_all("To") == [address]
    assert mail.recipients() == [address]
    assert [message.get(name) for name in ("Bcc", "Cc", "X-Evil", "X-More")] == [None] * 4
    assert mail.reply_to == [reply_address(ticket.pk, requester.user_id)]
    assert message["From"].endswith(" <support@punctual.example>")
    assert "\n" not in mail.subject + mail.from_email + mail.extra_headers["From"]


TEMPLATES = "{{ settings.SECRET_KEY }} {% load x %} {% url 'x' %} {0.real} %(x)s %s ${y} {# z #}"


def test_template_syntax_in_any_text_of_a_person_stays_as_it_was_typed(post, requester, agent):
    User.objects.filter(pk=agent.user.pk).update(name=TEMPLATES[:120])
    ticket = make_ticket(requester, subject=TEMPLATES, body=TEMPLATES)
    agent.user.refresh_from_db()
    post()
    reply_as_agent(ticket, body=TEMPLATES, by=agent.user, now=MONDAY_9AM)
    reply_as_customer(ticket, body=TEMPLATES, by=requester, channel=Channel.PORTAL, now=MONDAY_9AM)
    ask_for_priority(ticket, Priority.URGENT, reason=TEMPLATES, by=requester.user, now=MONDAY_9AM)
    assign(ticket, agent, by=requester.user, now=MONDAY_9AM)

    left = post()

    assert {kind for kind, _address, _mail in left} == {"agent_wrote", "priority_asked", "ticket_assigned"}
    for _kind, _address, mail in left:
        text, html = said(mail)
        assert (TEMPLATES in mail.subject, text.count(TEMPLATES) >= 2, TEMPLATES in text_of(html)) == (True,) * 3


def test_markup_of_a_person_is_shown_and_never_run(post, requester, agent):
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    ticket = make_ticket(requester, subject=f"Look {bad}")
    User.objects.filter(pk=agent.user.pk).update(name=bad)
    agent.user.refresh_from_db()
    post()
    reply_as_agent(ticket, body=f"{bad} [x](javascript:alert(1)) ![y](https://evil.test/pixel.png)", by=agent.user,
                   now=MONDAY_9AM)  # fmt: skip

    ((_kind, _address, mail),) = post()

    text, html = said(mail)
    assert (bad in text, "<script" in html, "<img" in html, 'href="javascript' in html) == (True, False, False, False)


# --- Who must not hear any more ---------------------------------------------------------------------------------------


def deactivate_person(world):
    User.objects.filter(pk=world.colleague.user_id).update(is_active=False)


def deactivate_contact(world):
    Contact.objects.filter(pk=world.colleague.pk).update(is_active=False)


def deactivate_account(world):
    type(world.account).objects.filter(pk=world.account.pk).update(is_active=False)


def stop_following(world):
    remove_follower(world.ticket, world.colleague, by=world.colleague.user, now=MONDAY_9AM)


def remove_ticket(world):
    world.ticket.delete()


@pytest.mark.parametrize(
    "leave", [deactivate_person, deactivate_contact, deactivate_account, stop_following, remove_ticket]
)
def test_who_left_between_the_act_and_the_delivery_gets_nothing(
    post, mailoutbox, account, requester, colleague, agent, leave
):
    ticket = make_ticket(requester)
    add_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    post()
    mailoutbox.clear()
    reply_as_agent(ticket, body="A secret answer", by=agent.user, now=MONDAY_9AM)
    leave(SimpleNamespace(account=account, colleague=colleague, ticket=ticket))

    post()

    notice = Notice.objects.get(kind="agent_wrote", recipient=colleague.user_id)
    assert [mail for mail in mailoutbox if mail.to == [colleague.user.email]] == []
    assert (notice.sent_at, notice.dead_at, notice.data) == (None, MONDAY_9AM, {})


def test_followers_and_requester_get_mails_of_their_own(post, requester, colleague, account, agent):
    third = make_contact(account, "eve@acme.test", name="Eve")
    ticket = make_ticket(requester, followers=[colleague, third])
    post()
    reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM)

    left = post()

    people = {requester.user.email, colleague.user.email, third.user.email}
    assert {address for _kind, address, _mail in left} == people
    assert len(left) == 3
    for _kind, address, mail in left:
        wire = mail.message().as_string()
        assert [other for other in people - {address} if other in wire] == []


def test_a_warning_is_dropped_when_the_promise_was_kept_before_it_left(post, mailoutbox, requester, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT)
    assign(ticket, agent, by=agent.user, now=MONDAY_9AM)
    at = MONDAY_9AM + 46 * MINUTE
    post()
    sweep(now=at)
    act_on_clock_events(now=at)
    reply_as_agent(ticket, body="Done", by=agent.user, now=at)

    kinds = [kind for kind, _address, _mail in post(at)]

    assert kinds == ["agent_wrote"]
    assert Notice.objects.get(kind="due_soon").last_error == "the promise has been kept"


def test_an_overdue_promise_is_told_even_when_it_was_answered_meanwhile(post, requester, agent, lead):
    ticket = make_ticket(requester, priority=Priority.URGENT)
    assign(ticket, agent, by=agent.user, now=MONDAY_9AM)
    at = MONDAY_9AM + HOUR + MINUTE
    post()
    reply_as_agent(ticket, body="Done, late", by=agent.user, now=at)
    act_on_clock_events(now=at)

    mails = {address: mail for kind, address, mail in post(at) if kind == "overdue"}

    assert set(mails) == {agent.user.email, lead.user.email}
    assert "It has been sent since, after the due time." in mails[lead.user.email].body
    assert ticket.clocks.filter(kind=ClockKind.RESPONSE).get().outcome == "missed"


def test_nobody_is_told_that_a_ticket_is_theirs_when_it_is_somebody_elses_by_then(post, requester, agent, lead):
    ticket = make_ticket(requester)
    assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    assign(ticket, lead, by=lead.user, now=MONDAY_9AM)

    assert [address for kind, address, _mail in post() if kind == "ticket_assigned"] == []


# --- Delivery ---------------------------------------------------------------------------------------------------------


def test_mail_that_is_held_back_waits_without_losing_anything(requester, settings, mailoutbox):
    settings.MAIL_HELD = True
    make_ticket(requester)
    waiting = Notice.objects.waiting(MONDAY_9AM).count()

    assert (outbox.deliver(now=MONDAY_9AM), mailoutbox) == (0, [])
    assert Notice.objects.waiting(MONDAY_9AM).count() == waiting > 0
