"""What mail in never does: loop, lose, double, believe, tell; and what agents do with the mails it holds."""

import base64
import json
import re
import time
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from portal.lib import clock, outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.limits import hit
from portal.lib.mail import message_id as message_id_of_key
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_ticket
from tests.mails.build import head, parts, plain, report, text_part
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.history import sentence
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, MailState, Status
from tickets.mail.domain import bounces, headers, held, html_text, posting, quoting, reading, sorting
from tickets.mail.domain.intake import store
from tickets.mail.domain.reply_tokens import reply_address
from tickets.models import IncomingMail, MailQuote, Message, Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def take(raw, *, mailbox="box", now=MONDAY_9AM):
    row, _new = store(raw if isinstance(raw, bytes) else raw.encode(), mailbox=mailbox, now=now)
    return sorting.process(row.pk, now=now)


def outcome(row):
    return row.state, row.cause


def token(ticket, person):
    return reply_address(ticket.pk, person.user_id)


def clocks(ticket):
    return list(ticket.clocks.order_by("pk").values_list("kind", "outcome", "started_at", "due_at"))


# --- Once ---


def test_the_same_mail_is_one_message_however_often_it_comes(requester):
    rows = [
        take(plain("Hello.")),
        take("Received: by mx2\n" + plain("Hello.")),
        take(plain("Hello.").replace("\n", "\r\n")),
    ]

    assert {row.pk for row in rows} == {rows[0].pk}
    assert requester.requested_tickets.count() == 1


def test_a_mail_under_the_message_id_of_another_one_is_not_taken_for_it(requester):
    """#143"""
    ident = "<victim@acme.test>"
    take(plain("Poison.", ident=ident, sender="x@evil.test"))

    assert outcome(take(plain("Real.", ident=ident))) == ("posted", "contact")


def test_a_mail_to_two_of_our_mailboxes_is_one_message(requester):
    """#146"""
    rows = [take(plain("Hello."), mailbox=box) for box in ("support", "help")]

    assert [outcome(row) for row in rows] == [("posted", "contact"), ("ignored", "duplicate")]
    assert requester.requested_tickets.count() == 1


def test_a_mail_that_another_worker_has_in_hand_is_left_to_it(requester, monkeypatch):
    take(plain("Hello."))
    with monkeypatch.context() as locked:
        locked.setattr(type(IncomingMail.objects.all()), "waiting", lambda rows: rows.none())
        locked.setattr(type(IncomingMail.objects), "waiting", lambda rows: rows.none())
        row = take(plain("Another one.", ident="<other@acme.test>"))

    assert (row.rfc_id, row.state, row.detail) == ("<other@acme.test>", MailState.RECEIVED, "")
    assert requester.requested_tickets.count() == 1


def test_the_tickets_that_the_subject_names_are_noted_for_agents(requester):
    first, second, _third = (make_ticket(requester) for _number in range(3))

    row = take(plain("Which?", sender="x@unknown.test", subject=f"{second.number}, {first.number}, SUP-999999"))

    assert row.facts["numbers"] == [first.number, second.number]


def test_a_mail_on_which_the_work_fails_is_tried_again_and_then_set_apart(requester, monkeypatch):
    """F63"""

    def broken(*args, **kwargs):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(posting, "open_ticket", broken)
    row, _new = store(plain("Hello.").encode(), mailbox="box", now=MONDAY_9AM)
    other, _new = store(plain("Other.", sender="x@nowhere.test").encode(), mailbox="box", now=MONDAY_9AM)

    states = [(sorting.process_waiting(now=MONDAY_9AM), IncomingMail.objects.get(pk=row.pk).state) for _run in range(3)]

    assert states == [(1, "received"), (0, "received"), (1, "quarantined")]
    row.refresh_from_db()
    assert (row.cause, row.detail, row.attempts) == ("failed", "RuntimeError", 3)
    assert IncomingMail.objects.get(pk=other.pk).state == "held"
    monkeypatch.undo()
    assert outcome(held.try_again(row, by=requester.user, now=MONDAY_9AM)) == ("posted", "contact")


def test_a_mail_on_which_the_process_died_three_times_is_set_apart(requester):
    row, _new = store(plain("Hello.").encode(), mailbox="box", now=MONDAY_9AM)
    IncomingMail.objects.filter(pk=row.pk).update(attempts=3)

    sorting.process_waiting(now=MONDAY_9AM)

    assert outcome(IncomingMail.objects.get(pk=row.pk)) == ("quarantined", "failed")


# --- Onto tickets ---


def test_a_new_request_has_the_target_of_its_sender(requester, colleague):
    marc = take(plain("It is broken.")).ticket
    noe = take(plain("C’est cassé.", sender="noe@acme.test")).ticket

    assert [(t.tier, t.priority, t.channel, t.language, t.account_id == requester.account_id) for t in (marc, noe)] == [
        ("gold", 3, "email", "en", True), ("standard", 3, "email", "fr", True),
    ]  # fmt: skip
    assert marc.clocks.get(kind="response").started_at == MONDAY_9AM


def test_an_answer_brings_a_solved_ticket_back_and_starts_the_response(requester, ticket, agent):
    reply_as_agent(ticket, body="Try this.", by=agent.user, now=MONDAY_9AM + MINUTE, status_after=Status.SOLVED)

    row = take(plain("No.", to=token(ticket, requester)), now=MONDAY_9AM + 2 * MINUTE)

    ticket.refresh_from_db()
    assert (outcome(row), ticket.status) == (("posted", "token"), "open")
    assert ticket.clocks.running().get(kind="response").started_at == MONDAY_9AM + 2 * MINUTE


def test_a_machine_that_answers_starts_stops_and_reopens_nothing(requester, ticket, agent):
    """#130: the ticket's history notes it, for the desk only."""
    reply_as_agent(ticket, body="Try this.", by=agent.user, now=MONDAY_9AM + MINUTE, status_after=Status.SOLVED)
    before, notices = clocks(ticket), Notice.objects.count()
    ticket.refresh_from_db()
    version = ticket.version

    take(plain("Away.", to=token(ticket, requester), more="Auto-Submitted: auto-replied"), now=MONDAY_9AM + 2 * MINUTE)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.version, clocks(ticket), Notice.objects.count()) == (
        "solved",
        version,
        before,
        notices,
    )
    event = ticket.events.get(kind="mail")
    assert sentence(event) == "received an automatic email from marc@acme.test: Scanner"


def test_who_may_no_longer_see_the_ticket_is_held(requester, ticket, colleague):
    to = token(ticket, colleague)
    ticket.is_private = True
    ticket.save()

    row = take(plain("And me?", sender="noe@acme.test", to=to))

    assert (outcome(row), ticket.messages.count()) == (("held", "no_access"), 1)


def test_a_colleague_or_a_copied_stranger_is_never_added(requester, ticket, colleague, client_for):
    """#120 #122"""
    rows = [
        take(plain("I take over.", sender=who, to=token(ticket, requester), more="Cc: x@evil.test"))
        for who in ("noe@acme.test", "marc@home.test")
    ]

    assert [outcome(row) for row in rows] == [("held", "other_sender")] * 2
    assert (ticket.messages.count(), ticket.followers.count()) == (1, 0)
    assert not Notice.objects.filter(recipient__email__in=["x@evil.test", "marc@home.test"]).exists()
    assert "I take over." not in client_for(requester).get(ticket.get_absolute_url()).content.decode()


def test_an_answer_to_a_closed_ticket_opens_a_follow_up(requester, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(
        status="closed", solved_at=MONDAY_9AM, closed_at=MONDAY_9AM, next_due_at=None
    )

    row = take(plain("Again.", to=token(ticket, requester)))

    assert (outcome(row), row.ticket.follow_up_of) == (("posted", "token"), ticket)


def test_an_agent_answers_by_mail(agent, ticket):
    """#123: only the agent for whom the address was made, and only to what they had read."""
    last = ticket.messages.get()
    answers = f"In-Reply-To: {message_id_of_key(f'message:{last.pk}:{agent.user_id}')}"

    row = take(
        plain("Here it is.", sender="lea@punctual.test", to=token(ticket, agent), more=answers), now=MONDAY_9AM + MINUTE
    )

    assert outcome(row) == ("posted", "token")
    assert (row.message.author_kind, row.message.author, row.message.channel) == ("agent", agent.user, "email")
    assert ticket.clocks.get(kind="response").outcome == "met"


@pytest.mark.parametrize(("wrote_again", "expected"), [(False, ("posted", "token")), (True, ("held", "stale"))])
def test_an_agent_answers_the_mail_that_gave_them_the_ticket(agent, lead, requester, ticket, wrote_again, expected):
    assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    told = Notice.objects.get(kind="ticket_assigned", recipient=agent.user)
    if wrote_again:
        reply_as_customer(ticket, body="It got worse.", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM)
    answers = f"In-Reply-To: {message_id_of_key(told.key)}"

    row = take(
        plain("Here it is.", sender="lea@punctual.test", to=token(ticket, agent), more=answers), now=MONDAY_9AM + MINUTE
    )

    assert (outcome(row), ticket.messages.filter(author_kind="agent").count()) == (expected, int(not wrote_again))


def test_an_answer_to_a_ticket_that_is_gone_is_held(requester, agent):
    """The token is good, the ticket was never there or is no more: nothing is opened and nobody is told."""
    rows = [
        take(plain(f"To {person.user.email}.", sender=person.user.email, to=reply_address(999_999, person.user_id)))
        for person in (requester, agent)
    ]

    assert [(outcome(row), row.about) for row in rows] == [(("held", "no_access"), None)] * 2
    assert (Ticket.objects.count(), Message.objects.count()) == (0, 0)


def test_who_writes_too_much_by_token_is_held(requester, ticket):
    for _ in range(sorting.WRITING.amount - 1):
        hit(sorting.WRITING, "marc@acme.test", now=MONDAY_9AM)

    rows = [take(plain(f"Line {n}.", to=token(ticket, requester))) for n in range(2)]

    assert [outcome(row) for row in rows] == [("posted", "token"), ("held", "too_many")]
    assert ticket.messages.count() == 2


OUR = "mx.punctual.example;"


@pytest.mark.parametrize(
    ("said", "sender", "verdict"),
    [
        (f"{OUR} dkim=pass header.d=acme.test", "marc@acme.test", "verified"),
        (f"{OUR} dkim=fail header.d=acme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=none header.d=acme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=temperror header.i=@acme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=fail header.d=acme.test; dkim=pass header.d=evil.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=fail header.d=evil.test; dkim=pass header.d=acme.test", "marc@acme.test", "verified"),
        (f"{OUR} spf=pass header.d=acme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=pass header.i=@acme.test", "marc@acme.test", "verified"),
        (f"{OUR} dkim=pass", "marc@acme.test", "unverified"),
        # A domain signs for those below it, never for one above, beside or merely like it.
        (f"{OUR} dkim=pass header.d=acme.test", "marc@sub.acme.test", "verified"),
        (f"{OUR} dkim=pass header.d=sub.acme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=pass header.d=cme.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=pass header.d=test", "marc@acme.test", "unverified"),
        # What our server says of the address itself counts for that domain alone, and a failure outweighs all.
        (f"{OUR} dmarc=pass header.from=acme.test", "marc@acme.test", "verified"),
        (f"{OUR} dmarc=pass", "marc@acme.test", "verified"),
        (f"{OUR} dmarc=pass header.from=acme.test", "marc@sub.acme.test", "unverified"),
        (f"{OUR} dmarc=pass header.from=evil.test", "marc@acme.test", "unverified"),
        (f"{OUR} dmarc=pass header.from=acme.test header.from=evil.test", "marc@acme.test", "unverified"),
        (f"{OUR} dkim=pass header.d=acme.test; dmarc=fail header.from=acme.test", "marc@acme.test", "unverified"),
        # Our server by its name in any letters, with a version or not; another one says nothing.
        ("MX.Punctual.Example 1; dkim=pass header.d=acme.test", "marc@acme.test", "verified"),
        ("mx.evil.test; dkim=pass header.d=acme.test", "marc@acme.test", "unverified"),
        ("", "marc@acme.test", "unverified"),
    ],
)
def test_whose_signature_counts(settings, said, sender, verdict):
    settings.MAIL_AUTHSERV_ID = ["mx.punctual.example"]

    assert headers.verdict_of([("authentication-results", said)], sender) == verdict


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("auto-submitted", "auto-replied; owner=x", "auto-submitted"), ("auto-submitted", "no; why=x", ""),
        ("precedence", "Bulk", "precedence"), ("precedence", "first-class", ""),
        ("return-path", " <> ", "return-path"), ("return-path", "<marc@acme.test>", ""),
        ("x-loop", "1", "x-loop"),
        ("content-type", "Multipart/Report; report-type=delivery-status", "report"), ("content-type", "text/plain", ""),
        ("from", "mailer-daemon@acme.test", "sender"), ("from", "no-reply+7@acme.test", "sender"),
        ("from", "postmasters@acme.test", ""),
        ("subject", "Out of office", "subject"), ("subject", "About out of office", ""),
    ],
)  # fmt: skip
def test_which_sign_says_that_a_machine_wrote(name, value, sign):
    assert headers.automatic([(name, value)]) == sign


@pytest.mark.parametrize("says_what_it_answers", [True, False])
def test_an_agent_who_has_not_read_the_newest_message_is_held(agent, requester, ticket, says_what_it_answers):
    first = ticket.messages.get()
    reply_as_customer(ticket, body="It got worse.", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM)
    answers = f"In-Reply-To: {message_id_of_key(f'message:{first.pk}:{agent.user_id}')}" if says_what_it_answers else ""

    row = take(plain("All is well.", sender="lea@punctual.test", to=token(ticket, agent), more=answers))

    assert (outcome(row), ticket.messages.count()) == (("held", "stale"), 2)
    assert sentence(ticket.events.get(kind="mail")).startswith(
        "marked an email from lea@punctual.test as “needs review”: the ticket has a newer message"
    )
    assert held.send_anyway(row, by=agent.user, now=MONDAY_9AM).author == agent.user


def test_nobody_is_an_agent_by_name(agent, ticket, requester):
    """#123"""
    row = take(plain("Refund!", sender="Léa <lea@punctual.test>", to=token(ticket, requester)))

    assert (outcome(row), ticket.messages.count()) == (("held", "other_sender"), 1)


def test_what_was_cut_off_is_kept_and_shown_only_with_its_message(requester, ticket, client_for, stranger):
    body = "Done.\n\nOn Mon, Nov 9, 2026 at 10:05 AM Support <s@x.test> wrote:\n> <b>Old</b> words"
    row = take(plain(body, to=token(ticket, requester)))

    page = client_for(requester).get(ticket.get_absolute_url())
    assert (row.message.body, MailQuote.objects.get().text.splitlines()[-1]) == ("Done.", "> <b>Old</b> words")
    assert "&lt;b&gt;Old&lt;/b&gt; words" in page.content.decode()
    assert client_for(stranger).get(ticket.get_absolute_url()).status_code == 404


def test_a_file_that_is_not_accepted_is_named_and_the_rest_goes_on(requester):
    raw = parts(
        text_part("See."),
        'Content-Type: text/x; name="shell.php"\nContent-Disposition: attachment; filename="shell.php"\n\n<?php',
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="a.log"\n\nLine',
    )

    message = take(raw).message

    assert message.body.startswith(
        "See.\n\nFiles that could not be added:\n- Files such as “shell.php” are not accepted."
    )
    (file,) = message.attachments.all()
    assert (file.name, default_storage.open(file.path).read(), "a.log" in file.path) == ("a.log", b"Line", False)


@pytest.mark.parametrize(
    ("name", "kept"), [("Letter.eml", "Letter.eml"), ("LETTER.EML", "LETTER.EML"), ("letter", "letter.eml")]
)
def test_an_attached_mail_is_a_file_that_mail_programs_open(name, kept):
    inner = EmailMessage()
    inner.set_content("Words of another mail.")
    outer = EmailMessage()
    outer["Subject"] = "A letter"
    outer.set_content("See the attached mail.")
    outer.add_attachment(inner, filename=name)

    assert [file.name for file in reading.read(outer.as_bytes()).files] == [kept]


def test_a_text_without_end_is_cut_and_comes_whole_as_a_file(requester):
    message = take(plain("word " * 30_000)).message

    (file,) = message.attachments.all()
    assert message.body.endswith("(The text continues in the file “whole text.txt”.)")
    assert (len(message.body) < 51_000, file.size) == (True, 149_999)


# --- No loops, no forged answers ---


def waiting(user):
    return Notice.objects.filter(recipient=user, kind="ticket_opened", dead_at=None).count()


def test_an_unproven_sender_is_answered_once_a_day_and_reads_no_word_of_the_mail(requester):
    """#132"""
    for number in range(4):
        take(plain("Buy pills.", subject=f"Pills {number}"), now=MONDAY_9AM + number * MINUTE)

    assert waiting(requester.user) == 1
    notice = Notice.objects.get(kind="ticket_opened", dead_at=None)
    assert (notice.data["subject"], "Pills" in json.dumps(notice.data)) == ("your email", False)
    assert requester.requested_tickets.count() == 4


def test_two_machines_without_any_sign_stop_answering_each_other(requester, settings):
    """#129: five answers in an hour to a proven sender, ten tickets; the rest waits for an agent."""
    settings.MAIL_AUTHSERV_ID = ["mx"]
    proof = "Authentication-Results: mx; dmarc=pass header.from=acme.test"
    rows = [take(plain("We have your request.", subject=f"Ticket {n}", more=proof)) for n in range(12)]

    assert [outcome(row) for row in rows] == [("posted", "contact")] * 10 + [("held", "too_many")] * 2
    assert waiting(requester.user) == 5


def test_forged_victims_share_one_cap(requester, colleague, monkeypatch):
    """#132"""
    monkeypatch.setattr(posting, "ANSWERS_ALL", posting.ANSWERS_ALL._replace(amount=1))
    take(plain("Hello."))
    take(plain("Hello.", sender="noe@acme.test"))

    assert (waiting(requester.user), waiting(colleague.user)) == (1, 0)


@pytest.mark.parametrize("sender", ["x@nowhere.test", "ida@acme.test"])
def test_who_is_unknown_or_gone_hears_nothing(account, sender, requester):
    """#147"""
    requester.is_active = sender != "ida@acme.test"
    requester.save()
    raw = plain("Hello.", sender=sender if requester.is_active else requester.user.email)

    row = take(raw)

    assert outcome(row) == (("held", "unknown") if requester.is_active else ("ignored", "inactive"))
    assert (Ticket.objects.count(), Notice.objects.filter(kind="ticket_opened").count()) == (0, 0)


def test_a_guesser_of_tokens_is_silenced(requester):
    """#124"""
    rows = [
        take(plain(f"Guess {n}.", to=f"support+1.{n}.k1.{'a' * 32}@punctual.example", sender="x@evil.test"))
        for n in range(22)
    ]

    assert [outcome(row)[1] for row in rows] == ["unknown"] * 20 + ["throttled"] * 2


def test_a_bounce_of_nothing_has_no_effect_and_no_word_of_it_reaches_customers(requester, ticket, monkeypatch):
    """#131"""
    monkeypatch.setattr(bounces, "on_bounce", [lambda address, **said: False])

    rows = [take(report("marc@acme.test", to=to)) for to in ("bounces+1.x@punctual.example", token(ticket, requester))]

    assert [outcome(row) for row in rows] == [("ignored", "unknown_bounce"), ("ignored", "automatic")]
    assert (Message.objects.count(), ticket.events.filter(kind="mail").count()) == (1, 0)


def test_a_subject_with_line_breaks_makes_no_header(requester, settings, mailoutbox):
    """#133"""

    settings.MAIL_AUTHSERV_ID = ["mx"]
    proof = "Authentication-Results: mx; dmarc=pass header.from=acme.test"
    take(plain("Hello.", subject="=?utf-8?q?Hi=0D=0ABcc:_x@evil.test?=", more=proof))
    outbox.deliver(now=MONDAY_9AM)

    (mail,) = [mail for mail in mailoutbox if "Hi Bcc" in mail.subject]
    assert (mail.to, mail.message()["Bcc"]) == (["marc@acme.test"], None)


# --- Time (#191, #136) ---

HUNDRED_KB = [
    "> " * 50_000, ">" * 100_000, "\n" * 100_000, " " * 100_000, "On " * 33_000, "On " + "a" * 100_000 + " wrote:",
    "On a wrote:\n" * 8_000, "On 1 wrote:\n" * 8_000, "Le 1\n" * 20_000, "From: x\n" * 12_000, "From: x\nTo: y\n" * 7_000,  # noqa: E501
    "-" * 100_000, "-----Original Message" * 5_000, "_" * 100_000, ("_" * 32 + "\n\n") * 3_000, "--\n" * 33_000,
    "Sent from my " * 8_000, "Best regards, " * 7_000, "a écrit :\n" * 10_000, "Le " + "\t" * 100_000 + "a écrit :",
    ("On 1" + " " * 390 + "wrote:\n") * 250, ("> On 1 " + "x " * 190 + "wrote:\n") * 250, "\u00a0" * 50_000,
    ":" * 100_000, "<" * 100_000, "(" * 100_000, "\\" * 100_000, "@" * 100_000, "=?" * 50_000, "&" * 100_000,
    "*" * 100_000, "\r\n" * 50_000,
]  # fmt: skip


def _read_headers(text):
    references = " ".join(text.split())
    raw = head(sender=text[:900].replace("\n", " "), more=f"References: {references}") + "\n."
    return reading.read(raw.encode())


@pytest.mark.parametrize("number", range(len(HUNDRED_KB)))
@pytest.mark.parametrize(
    "path", [quoting.split, html_text.html_to_text, _read_headers],
    ids=["quotes", "html", "headers"],
)  # fmt: skip
def test_no_text_keeps_a_reader_busy(number, path):
    """#191: a hundred kilobytes that patterns dislike. The bound is loose, because the machine of a test is shared."""
    begun = time.process_time()
    path(HUNDRED_KB[number])

    assert time.process_time() - begun < 0.5


# --- The desk ---


@pytest.fixture
def unknown(requester):
    return take(plain("My scanner is broken.", sender="Zoe <zoe@home.test>", more="Reply-To: x@evil.test"))


def decide(client, mail, **data):
    return client.post(reverse("admin:tickets_incomingmail_decide", args=[mail.pk]), data)


def page_of(mail):
    return reverse("admin:tickets_incomingmail_change", args=[mail.pk])


def test_an_agent_attaches_a_mail_to_a_contact_in_one_step(unknown, requester, lead, client_for, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM + MINUTE)
    client = client_for(lead)
    shown = client.get(page_of(unknown) + "?q=marc").content.decode()
    assert f'name="contact" value="{requester.pk}"' in shown
    assert "which is not the sender’s address" in shown

    response = decide(client, unknown, act="open", contact=requester.pk)

    ticket = requester.requested_tickets.get()
    assert response.url == reverse("admin:tickets_ticket_change", args=[ticket.number])
    unknown.refresh_from_db()
    assert (outcome(unknown), unknown.decided_by, unknown.ticket) == (("posted", "by_agent"), lead.user, ticket)
    assert (ticket.messages.get().author, ticket.messages.get().body) == (requester.user, "My scanner is broken.")
    assert [(e.kind, e.actor) for e in ticket.events.filter(kind="mail")] == [("mail", lead.user)]
    assert LogEntry.objects.get().change_message == f"open · {ticket.number} opened for Marc Petit."


def test_an_agent_puts_a_held_answer_onto_its_ticket(requester, ticket, lead, client_for):
    row = take(plain("I take over.", sender="marc@home.test", to=token(ticket, requester)))

    decide(client_for(lead), row, act="post", ticket=ticket.number, contact=requester.pk)

    assert [(m.author, m.body) for m in ticket.messages.all()][1:] == [(requester.user, "I take over.")]


def test_words_go_only_onto_tickets_that_the_person_sees(unknown, ticket, stranger, lead, client_for):
    response = decide(client_for(lead), unknown, act="post", ticket=ticket.number, contact=stranger.pk)

    assert (response.status_code, ticket.messages.count()) == (422, 1)
    assert "Bob does not have access to" in response.content.decode()
    assert IncomingMail.objects.get(pk=unknown.pk).state == "held"


def test_a_mail_is_decided_once(unknown, requester, lead):
    held.reject(unknown, reason="Spam", by=lead.user, now=MONDAY_9AM)

    with pytest.raises(Stale):
        held.open_for(unknown, contact=requester, by=lead.user, now=MONDAY_9AM)

    assert Ticket.objects.count() == 0


def test_putting_aside_needs_a_reason(unknown, lead, client_for):
    response = decide(client_for(lead), unknown, act="reject", reason=" ")

    assert (response.status_code, IncomingMail.objects.get(pk=unknown.pk).state) == (422, "held")
    with pytest.raises(DomainError) as refusal:
        held.reject(unknown, reason=" ", by=lead.user, now=MONDAY_9AM)
    assert (refusal.value.code, refusal.value.field) == ("empty", "reason")


def test_a_mail_in_quarantine_is_tried_again(requester, lead, client_for, settings):
    settings.MAIL_MAX_BYTES = 100
    row, _new = store(plain("Hello.").encode(), mailbox="box", now=MONDAY_9AM)
    settings.MAIL_MAX_BYTES = 10**6
    refused = decide(client_for(lead), row, act="again")
    row.source.is_cut = False
    row.source.save()

    decide(client_for(lead), row, act="again")

    assert "This email is too large: only its beginning was saved." in refused.content.decode()
    assert outcome(IncomingMail.objects.get(pk=row.pk)) == ("posted", "contact")


def test_the_page_shows_hostile_words_as_words(lead, client_for):
    """#141 #208"""
    raw = plain("<script>alert(1)</script>", sender='"<img src=x>" <x@evil.test>', subject="<b>Hi</b>")
    row = take(raw)

    shown = client_for(lead).get(page_of(row)).content.decode()
    assert not re.search(r"<script>alert|<img src=x|<b>Hi", shown)
    source = client_for(lead).get(reverse("admin:tickets_incomingmail_source", args=[row.pk]))
    assert (source.content, source["Content-Type"], source["X-Content-Type-Options"]) == (
        raw.encode(), "application/octet-stream", "nosniff",
    )  # fmt: skip
    assert "attachment" in source["Content-Disposition"]


def test_the_list_costs_the_same_however_many_there_are(lead, client_for, requester, django_assert_max_num_queries):
    for number in range(30):
        take(plain("Hello.", sender=f"{number}@nowhere.test"))
    client = client_for(lead)
    address = reverse("admin:tickets_incomingmail_changelist")
    client.get(address)

    with django_assert_max_num_queries(9):
        page = client.get(address).content.decode()

    assert page.count("@nowhere.test") == 30
    assert "29@nowhere.test" not in client.get(address + "?state=posted").content.decode()
    assert client.get(address + "?state=nonsense").status_code == 400


# --- Web hook and command ---


def call(client, body, *, auth="hook:secret"):

    header = {"authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"} if auth else {}
    return client.post("/mail/inbound/postmark/", json.dumps(body), content_type="application/json", headers=header)


HOOK = {
    "FromFull": {"Email": "marc@acme.test", "Name": "Marc"}, "ToFull": [{"Email": "support@punctual.example"}],
    "From": "marc@acme.test", "To": "support@punctual.example", "OriginalRecipient": "support@punctual.example",
    "Subject": "Hook", "MessageID": "1", "TextBody": "Hello.", "HtmlBody": "", "Attachments": [],
    "Headers": [{"Name": "Message-ID", "Value": "<hook@acme.test>"}], "Date": "Mon, 9 Nov 2026 10:00:00 +0100",
}  # fmt: skip


@pytest.fixture
def hook(settings):
    settings.MAIL_WEBHOOK, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "hook:secret"}


def test_a_provider_delivers_a_mail_once_however_often_it_calls(hook, client, requester):
    """#148"""
    answers = [call(client, HOOK) for _time in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert sorting.process_waiting(now=MONDAY_9AM) == 1
    assert [t.subject for t in requester.requested_tickets.all()] == ["Hook"]


@pytest.mark.parametrize(("auth", "recipient", "status"), [
    ("", "support@punctual.example", 403), ("hook:wrong", "support@punctual.example", 403),
    ("hook:secret", "x@other.test", 409),
])  # fmt: skip
def test_a_call_without_proof_or_for_others_has_no_effect(hook, client, auth, recipient, status):
    """#148"""
    body = HOOK | {"ToFull": [{"Email": recipient}], "To": recipient, "OriginalRecipient": recipient}

    response = call(client, body, auth=auth)

    assert (response.status_code, response.content, IncomingMail.objects.count()) == (status, b"", 0)


def test_without_configuration_there_is_no_web_hook(client):
    assert call(client, HOOK).status_code == 404


def test_the_command_says_what_became_of_a_mail(requester, tmp_path, capsys):
    file = tmp_path / "a.eml"
    file.write_text(plain("Hello."))

    call_command("receive_mail", str(file))
    call_command("receive_mail", str(file))

    ticket = requester.requested_tickets.get()
    assert capsys.readouterr().out == (
        f"{file}: posted (contact), {ticket.number}\n{file}: known already, posted (contact), {ticket.number}\n"
    )
    assert IncomingMail.objects.get().state == MailState.POSTED
