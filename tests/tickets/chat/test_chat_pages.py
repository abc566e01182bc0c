"""The chat on the portal, on the desk and over the API: without a script, and never for anybody else."""

import re

import pytest
import time_machine
from django.core import mail

from portal.lib import outbox
from portal.lib.drafts import Draft
from portal.lib.outbox import Notice
from tests.api import Caller
from tests.chats import MINUTE, begin, there
from tests.factories import MONDAY_9AM
from tests.html_forms import posts_of
from tickets.chat.domain import handling, talking
from tickets.core.enums import ChatState
from tickets.models import Chat, ChatLine, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


@pytest.fixture
def chat(agent, requester):
    there(agent)
    return begin(requester)


def test_a_chat_begins_and_goes_on_by_forms_alone(agent, requester, client_for):
    there(agent)
    client = client_for(requester)
    started = client.post("/chat/", {"topic": "Scanner", "body": "It shows E7.", "key": "k1"})
    chat = Chat.objects.get()
    client.post(f"/chat/{chat.key}/say/", {"body": "It is red.", "key": "k2"})
    client.post(f"/chat/{chat.key}/say/", {"body": "It is red.", "key": "k2"})
    page = client.get(f"/chat/{chat.key}/").content.decode()

    assert started.url == f"/chat/{chat.key}/"
    assert [page.count(text) for text in ("It shows E7.", "It is red.", "You are next.")] == [1, 1, 1]
    assert client.get("/chat/").url == f"/chat/{chat.key}/"


@pytest.mark.parametrize(
    ("language", "title", "promise"),
    [
        ("en", "Send your question", "We will reply by"),
        ("fr", "Envoyer votre question", "Nous répondrons au plus tard"),
    ],
)
def test_a_closed_chat_takes_the_question_as_a_ticket(language, title, promise, colleague, client_for):
    colleague.user.language = language
    colleague.user.save()
    client = client_for(colleague)
    page = client.get("/chat/").content.decode()
    assert title in page
    assert promise in page

    form = next(form for form in posts_of(page) if "topic" in form.fields)
    sent = form.data() | {"topic": "Scanner", "body": "It shows E7.", "leave": "1"}
    answers = [client.post("/chat/", sent) for _ in range(2)]

    ticket = Ticket.objects.get()
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, f"/tickets/{ticket.number}/receipt/")] * 2
    assert (ticket.subject, ticket.messages.get().body, ticket.channel, ticket.priority, ticket.requester) == (
        "Scanner", "It shows E7.", "chat", 3, colleague,
    )  # fmt: skip
    assert ticket.clocks.get(kind="response").started_at == MONDAY_9AM
    assert (Chat.objects.count(), client.get(answers[0].url).status_code) == (0, 200)


@pytest.mark.parametrize(
    ("language", "empty", "long"),
    [
        (
            "en",
            ["Enter a subject.", "Enter your message."],
            [
                "The subject can have 120 characters.",
                "The first message can have 4000 characters. For more, open a ticket.",
            ],
        ),
        (
            "fr",
            ["Saisissez l’objet.", "Saisissez votre message."],
            [
                "L’objet peut compter 120 caractères.",
                "Le premier message peut compter 4000 caractères. Au-delà, ouvrez un ticket.",
            ],
        ),
    ],
)
def test_the_form_says_which_field_lacks_what(language, empty, long, colleague, client_for):
    colleague.user.language = language
    colleague.user.save()
    client = client_for(colleague)

    answers = [client.post("/chat/", sent | {"leave": "1"}) for sent in ({}, {"topic": "x" * 201, "body": "x" * 4001})]

    assert [answer.status_code for answer in answers] == [422, 422]
    said = [re.findall(r'<p class="field__error"[^>]*>([^<]*)</p>', answer.content.decode()) for answer in answers]
    assert said == [empty, long]
    assert not Ticket.objects.exists()


def leave_form(client, chat):
    """The form that the button “Leave the chat” sends, without a script."""
    page = client.get(f"/chat/{chat.key}/").content.decode()
    end = f"/chat/{chat.key}/end/"
    return end, next(form for form in posts_of(page) if end in form.actions).data()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_leaving_an_unanswered_chat_takes_the_typed_line_to_the_reply_field(language, chat, requester, client_for):
    requester.user.language = language
    requester.user.save()
    client = client_for(requester)
    end, form = leave_form(client, chat)

    client.post(end, form | {"body": ["One more <thing>"]})
    said = client.get(f"/chat/{chat.key}/").content.decode()
    ticket = Ticket.objects.get()
    reply = f"/tickets/{ticket.number}/reply/"
    composer = next(
        f
        for f in posts_of(client.get(f"/tickets/{ticket.number}/").content.decode())
        if f.data().get("draft") == [reply]
    )

    assert {
        "en": "Your unsent text is in the reply field of the ticket.",
        "fr": "Votre texte non envoyé se trouve dans le champ de réponse du ticket.",
    }[language] in said
    assert composer.data()["body"] == ["One more <thing>"]
    assert "One more <thing>" not in ticket.messages.values_list("body", flat=True)


def test_leaving_an_answered_chat_shows_the_typed_line_in_the_ended_room(chat, agent, requester, client_for):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_agent(chat, by=agent, body="Unplug it.", key="a1", now=MONDAY_9AM)
    client = client_for(requester)
    end, form = leave_form(client, chat)

    client.post(end, form | {"body": ["One more <thing>"]})
    page = client.get(f"/chat/{chat.key}/").content.decode()

    chat.refresh_from_db()
    assert (chat.state, Ticket.objects.count()) == (ChatState.ENDED, 0)
    assert '<label for="unsent">Your unsent text</label>' in page
    assert "readonly>One more &lt;thing&gt;</textarea>" in page


def test_a_typed_line_stands_in_the_chat_again_and_leaves_with_its_sending(chat, requester, client_for):
    client, say = client_for(requester), f"/chat/{chat.key}/say/"
    client.post("/drafts", {"draft": say, "body": "Half a li"}, headers={"X-Requested-With": "fetch"})
    _end, form = leave_form(client, chat)
    assert form["body"] == ["Half a li"]

    client.post(say, form | {"body": ["Half a line."]})

    assert leave_form(client, chat)[1]["body"] == [""]


def test_leaving_with_nothing_typed_keeps_nothing(chat, requester, client_for):
    client = client_for(requester)
    end, form = leave_form(client, chat)

    client.post(end, form)

    assert "Your unsent text" not in client.get(f"/chat/{chat.key}/").content.decode()
    assert not Draft.objects.exists()


def test_a_chat_that_closes_while_somebody_writes_keeps_the_words_and_offers_to_leave_them(requester, client_for):
    client = client_for(requester)

    page = client.post("/chat/", {"topic": "Scanner", "body": "It shows E7.", "key": "k1"})

    form = next(form for form in posts_of(page.content.decode()) if "topic" in form.fields)
    assert (page.status_code, form.data()["body"], form.buttons) == (422, ["It shows E7."], [("leave", "1")])
    assert (Ticket.objects.count(), Chat.objects.count()) == (0, 0)


def test_a_question_without_words_is_not_left(colleague, client_for):
    page = client_for(colleague).post("/chat/", {"topic": "", "body": " ", "leave": "1"})

    assert (page.status_code, Ticket.objects.count()) == (422, 0)


def test_a_closed_chat_says_when_it_opens_and_where_to_go(agent, colleague, client_for):
    there(agent)
    with time_machine.travel(MONDAY_9AM + 13 * 60 * MINUTE, tick=False):
        page = client_for(colleague).get("/chat/").content.decode()

    assert ('href="/tickets/new/"' in page, "Start chat" in page, 'name="leave"' in page) == (True, False, True)
    words = " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())
    assert "Le chat ouvre demain à 09:00" in words


def test_a_refused_start_keeps_what_was_typed(requester, client_for):
    answer = client_for(requester).post("/chat/", {"topic": "Scanner", "body": "A long story"})

    assert (answer.status_code, Chat.objects.count()) == (422, 0)
    assert "A long story" in answer.content.decode()


def test_only_lines_after_the_last_one_come_to_the_live_page(chat, agent, requester, client_for):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    answer = client_for(requester).get(f"/chat/{chat.key}/lines/?after=1").content.decode()

    assert ("It shows" in answer, answer.count("data-line="), "You are chatting with" in answer) == (False, 1, True)


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "1; drop"])
def test_a_strange_number_of_the_last_line_counts_as_none(chat, requester, client_for, after):
    """#170"""
    answer = client_for(requester).get(f"/chat/{chat.key}/lines/", {"after": after})

    assert answer.content.decode().count("data-line=") == 1


@pytest.mark.parametrize("page", ["", "lines/", "token/", "ticket/"])
def test_a_chat_of_somebody_else_is_no_chat(chat, stranger, client_for, page):
    """#161 #165: also for colleagues; the answer is the one for a chat that never was."""
    client = client_for(stranger)
    foreign = client.get(f"/chat/{chat.key}/{page}")
    missing = client.get(f"/chat/{'x' * 24}/{page}")

    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_who_writes_and_when_is_what_the_server_says(chat, requester, agent, client_for):
    """#167"""
    client_for(requester).post(
        f"/chat/{chat.key}/say/",
        {"body": "Me", "key": "k9", "side": "agent", "author": agent.user_id, "number": 99, "created_at": "2020-01-01"},
    )
    line = ChatLine.objects.last()

    assert (line.side, line.author, line.number, line.created_at) == ("customer", requester.user, 2, MONDAY_9AM)


def test_markup_in_a_line_is_text(chat, requester, client_for):
    """#169"""
    evil = "<img src=x onerror=alert(1)> http://169.254.169.254/"
    talking.say_as_customer(chat, by=requester, body=evil, key="", now=MONDAY_9AM)
    page = client_for(requester).get(f"/chat/{chat.key}/").content.decode()

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_flood_of_lines_is_slowed_down(chat, requester, client_for):
    """#168"""
    client = client_for(requester)
    statuses = [
        client.post(f"/chat/{chat.key}/say/", {"body": "x"}, headers={"HX-Request": "true"}).status_code
        for _ in range(45)
    ]

    assert (statuses.count(200), statuses.count(422)) == (40, 5)


def test_a_note_of_the_desk_is_on_no_page_of_the_customer(chat, agent, requester, client_for):
    """#164"""
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    handling.transfer(chat, to=None, note="Difficult customer", by=agent, now=MONDAY_9AM)
    client = client_for(requester)
    pages = [client.get(f"/chat/{chat.key}/{page}").content.decode() for page in ("", "lines/?after=0", "ticket/")]

    assert [page for page in pages if "Difficult" in page] == []


def test_the_transcript_comes_by_mail_with_the_words_and_no_note(chat, agent, requester, client_for):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    handling.transfer(chat, to=None, note="Difficult customer", by=agent, now=MONDAY_9AM)
    client_for(requester).post(f"/chat/{chat.key}/transcript/")
    outbox.deliver(now=MONDAY_9AM)

    sent = [one for one in mail.outbox if one.to == [requester.user.email] and "Transcript" in one.subject]
    assert [("The scanner shows E7." in one.body, "Difficult" in one.body) for one in sent] == [(True, False)]


def test_the_ticket_page_shows_the_target_before_it_is_opened(chat, requester, client_for):
    client = client_for(requester)
    before = client.get(f"/chat/{chat.key}/ticket/").content.decode()
    answer = client.post(f"/chat/{chat.key}/ticket/", {"subject": "Scanner E7", "priority": 2})

    assert "from your first message in this chat" in before
    assert answer.url == Ticket.objects.get(subject="Scanner E7").get_absolute_url()


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_an_agent_takes_answers_and_ends_a_chat_by_forms(chat, agent, client_for):
    client = client_for(agent)
    client.post(f"/desk/chat/{chat.key}/take/")
    client.post(f"/desk/chat/{chat.key}/say/", {"body": "Restart it.", "key": "a1"})
    client.post(f"/desk/chat/{chat.key}/end/", {"summary": "Restarted"})

    ended = Chat.objects.get()
    assert (ended.state, ended.agent, ended.notes.get().body) == (ChatState.ENDED, agent, "Restarted")


def test_the_console_names_what_is_unread_and_who_waits(chat, agent, requester, colleague, client_for):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    begin(colleague)
    agent.user.language = "en"
    agent.user.save()
    page = " ".join(client_for(agent).get("/desk/chat/").content.decode().split())

    assert ("2 unread" in page, "Waiting for your reply since" in page, "Noé Blanc" in page) == (True, True, True)


def test_a_refused_transfer_keeps_the_note(chat, agent, client_for):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    answer = client_for(agent).post(f"/desk/chat/{chat.key}/transfer/", {"to": "999", "note": "Knows Calais"})

    assert (answer.status_code, Chat.objects.get().notes.count()) == (422, 0)
    assert "Knows Calais" in answer.content.decode()


def test_the_console_costs_the_same_however_many_wait(chat, agent, colleague, account_admin, client_for):
    client = client_for(agent)
    client.get("/desk/chat/list/")

    def statements():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            client.get("/desk/chat/list/")
        return len(found)

    one = statements()
    begin(colleague)
    begin(account_admin)
    assert statements() == one


# --- The API ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(requester):
    return Caller(requester)


def test_a_program_chats(agent, program):
    there(agent)
    chat = program.post("/chats", {"topic": "Scanner", "body": "It shows E7.", "key": "k1"}).json()
    said = [program.post(f"/chats/{chat['id']}/lines", {"body": "Red", "key": "k2"}).json() for _ in range(2)]
    lines = program.get(f"/chats/{chat['id']}/lines?after=1").json()
    made = program.post(f"/chats/{chat['id']}/ticket", {"priority": 2}).json()

    assert (chat["state"], chat["place"], chat["last_line"]) == ("waiting", 1, 1)
    assert [line["number"] for line in said] == [2, 2]
    assert [line["body"] for line in lines] == ["Red"]
    assert made["ticket"] == Ticket.objects.get().number


def test_a_program_is_refused_with_the_way_on_when_nobody_is_there(program):
    answer = program.post("/chats", {"topic": "Scanner", "body": "It shows E7."})

    assert (answer.status_code, answer.json()["reason"], Chat.objects.count()) == (409, "CHAT_CLOSED", 0)


def test_a_program_of_somebody_else_finds_no_chat(chat, stranger):
    """#161"""
    answers = [Caller(stranger).get(f"/chats/{chat.key}{end}").status_code for end in ("", "/lines")]

    assert (answers, Caller(stranger).get("/chats").json()["results"]) == ([404, 404], [])


def test_staff_take_and_answer_over_the_api(chat, agent):
    desk = Caller(agent)
    desk.post(f"/chats/{chat.key}/take", {})
    desk.post(f"/chats/{chat.key}/lines", {"body": "Restart it."})
    ended = desk.post(f"/chats/{chat.key}/end", {"summary": "Restarted"}).json()

    assert (ended["state"], ended["agent"]["name"]) == ("ended", "Léa")
    assert Notice.objects.filter(kind="chat_transcript").count() == 1
