"""Every form of both faces is safe to send twice: one effect, and the second answer leads to the same page."""

import re
from urllib.parse import urljoin

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import ApiToken
from portal.lib.access import Role, rule_for
from portal.lib.clock import now
from portal.lib.outbox import Notice
from portal.lib.permissions import DESK, TABLE
from portal.lib.submissions import Submission
from portal.middleware import OnceMiddleware
from tests.html_forms import Form, posts_of
from tests.portal.test_permissions import address, pages, world  # noqa: F401  (a fixture)
from tests.test_races import at_once
from tickets.core.domain.lifecycle import close_by_customer
from tickets.models import Message

# The routes whose forms the walk sends so that they are acted on: no fewer, or the walk proves nothing.
PORTAL_ACTS = """
account_reset_password accounts:contact_edit accounts:contact_invite accounts:engagement_cancel
accounts:engagement_new accounts:hours_question accounts:meeting_agenda accounts:meeting_others accounts:profile
accounts:seat_nominate accounts:seat_region accounts:seat_replace accounts:seat_withdraw accounts:token_revoke
accounts:tokens tickets:close tickets:follow tickets:follower_add tickets:level_3 tickets:new
tickets:priority tickets:reply
""".split()  # noqa: SIM905  (one name a line would fill two pages)
WORK_ACTS = """
chat_presence chat_take tickets_call_outcome tickets_incomingmail_decide tickets_rootcauseanalysis_change
tickets_ticket_assign tickets_ticket_changelist tickets_ticket_escalate tickets_ticket_follower tickets_ticket_note
tickets_ticket_priority tickets_ticket_reply tickets_ticket_skip_check_in tickets_ticket_status tickets_ticket_take
""".split()  # noqa: SIM905  (one name a line would fill two pages)
ROW_ACTS = """
accounts_account_add accounts_account_change accounts_agent_add accounts_agent_change accounts_awayperiod_cancel
accounts_awayperiod_change accounts_contact_add accounts_contact_change accounts_contract_change
accounts_engagement_cancel accounts_meeting_action accounts_meeting_agenda accounts_meeting_cancel
accounts_meeting_move accounts_meeting_propose accounts_seat_withdraw accounts_tierprice_change
accounts_tierterms_change accounts_user_add accounts_user_change sla_calendar_change sla_calendar_fill
sla_target_change
""".split()  # noqa: SIM905  (one name a line would fill two pages)
TOKEN = "a-token-of-the-form-1"
# What the second sending may touch: its own row, the counting of attempts, the session.
OWN_TABLES = re.compile(r'"(portal_submission|portal_ratewindow|django_session)"')
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)\b")


def filled(form: Form) -> dict[str, list[str]]:
    """The form with something sensible in every field that is empty."""
    data = form.data()
    for name, field in form.fields.items():
        kind = field.attributes.get("type", field.kind)
        if kind in {"hidden", "file"} or any(data.get(name, [])):
            continue
        if field.options:
            wanted = [option for option in field.options if option]
            if wanted and (field.kind != "checkbox" or len(field.options) > 1):
                data[name] = wanted[:1]
            continue
        data[name] = [
            {
                "email": "new.person@acme.test", "date": "2027-03-01", "datetime-local": "2027-03-01T10:00",
                "number": field.attributes.get("min") or "1", "url": "https://meet.example/1", "tel": "+33123456789",
                "time": "10:00",
            }.get(kind, "Words of the walk")
        ]  # fmt: skip
    return data


def forms_on(client: Client, url: str) -> list[Form]:
    page = client.get(url)
    if page.status_code != 200 or "text/html" not in page.get("Content-Type", ""):
        if page.streaming:
            list(page)  # a file is read to its end, and closed
        return []
    forms = posts_of(page.content.decode())
    for form in forms:
        form.attributes["page"] = url
    return forms


def forms_of(role, names, world):  # noqa: F811
    """(client, where it is sent, form) of the forms on those pages, one of each route, set of fields and buttons."""
    found, client = {}, Client()
    client.force_login(world["people"][role], backend="accounts.identity.backends.PersonBackend")
    for name in names:
        if role in (rule_for(name, TABLE, DESK) or {}).get("GET", ()):
            for form in forms_on(client, address(name, world)):
                to = urljoin(form.attributes["page"], form.action).partition("?")[0]
                kind = (resolve(to).view_name, tuple(sorted(form.fields)), tuple(sorted(form.buttons)))
                found.setdefault(kind, (client, to, form))
    return {(route, to): (client, to, form) for (route, *_), (client, to, form) in found.items()}


PORTAL = [name for name in pages() if not name.startswith("admin:")]
DESK_OF_WORK = [name for name in pages() if name.startswith(("admin:tickets_", "admin:chat", "admin:index"))]
DESK_OF_ROWS = [name for name in pages() if name.startswith("admin:") and name not in DESK_OF_WORK]
WALKS = {
    "portal": (Role.ACCOUNT_ADMIN, PORTAL, PORTAL_ACTS),
    "desk, work": (Role.LEAD, DESK_OF_WORK, WORK_ACTS),
    "desk, rows": (Role.ADMINISTRATOR, DESK_OF_ROWS, ROW_ACTS),
}


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.parametrize(("role", "names", "expected"), WALKS.values(), ids=list(WALKS))
def test_every_form_that_is_sent_twice_acts_once(role, names, expected, world):  # noqa: F811
    forms, taken, wrong = forms_of(role, names, world), set(), []
    assert [route for (route, _to), (*_, form) in forms.items() if "submission" not in form.fields] == []

    for (route, to), (client, _to, form) in forms.items():
        save = [button for button in form.buttons if button[0] == "_save"]  # beside it only others that also save
        for name, value in [] if route in OnceMiddleware.HARMLESS else (save or form.buttons or [("", "")]):
            data = filled(form) | {"submission": [TOKEN]} | ({name: [value]} if name else {})
            with transaction.atomic():
                client.post(to, data)
                if Submission.objects.exists():
                    taken.add(route)
                    with CaptureQueriesContext(connection) as queries:
                        second = client.post(to, data)
                    said = [query["sql"] for query in queries if WRITES.match(query["sql"])]
                    writes = [sql[:120] for sql in said if not OWN_TABLES.search(sql)]
                    if writes or second.status_code != 302 or second.url != Submission.objects.get().result:
                        wrong.append((route, name, second.status_code, writes))
                transaction.set_rollback(True)

    assert wrong == []
    assert sorted(set(expected) - {name.removeprefix("admin:") for name in taken}) == []


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again(client_for, requester, ticket):
    client, sent = client_for(requester), {"body": " ", "submission": TOKEN}
    assert client.post(f"/tickets/{ticket.number}/reply/", sent).status_code == 422
    assert client.post(f"/tickets/{ticket.number}/reply/", sent).status_code == 422

    assert client.post(f"/tickets/{ticket.number}/reply/", sent | {"body": "Now"}).status_code == 302
    assert list(ticket.messages.values_list("body", flat=True)[1:]) == ["Now"]


@pytest.mark.django_db
def test_a_form_that_answers_by_an_error_on_the_next_page_was_not_acted_on(client_for, requester, ticket):
    """A redirect is no act yet: reopening without a word leads back with the reason."""
    close_by_customer(ticket, by=requester.user, now=now())
    client, where = client_for(requester), f"/tickets/{ticket.number}/reopen/"
    client.post(where, {"body": "", "submission": TOKEN})

    assert Submission.objects.count() == 0


@pytest.mark.django_db
def test_other_words_under_the_same_token_are_another_form(client_for, requester, ticket):
    """Back, another sentence, send."""
    client, where = client_for(requester), f"/tickets/{ticket.number}/reply/"
    for body in ("One", "One", "Two", "Two"):
        assert client.post(where, {"body": body, "submission": TOKEN}).status_code == 302

    assert list(ticket.messages.values_list("body", flat=True)[1:]) == ["One", "Two"]


@pytest.mark.django_db
def test_the_same_token_of_somebody_else_is_theirs(client_for, requester, colleague, ticket):
    for person in (requester, colleague):
        client_for(person).post(f"/tickets/{ticket.number}/reply/", {"body": "Same", "submission": TOKEN})

    assert [m.author for m in ticket.messages.all()[1:]] == [requester.user, colleague.user]


@pytest.mark.django_db
def test_an_act_that_breaks_leaves_nothing_and_may_be_sent_again(client_for, requester, ticket, monkeypatch):
    client, where = client_for(requester), f"/tickets/{ticket.number}/reply/"
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("tickets.core.pages.acts.messages.success", lambda *args: 1 / 0)
        assert client.post(where, {"body": "One", "submission": TOKEN}).status_code == 500
    assert (ticket.messages.count(), Submission.objects.count()) == (1, 0)

    assert client.post(where, {"body": "One", "submission": TOKEN}).status_code == 302
    assert ticket.messages.count() == 2


@pytest.mark.django_db
def test_a_token_is_made_once_and_the_second_answer_says_so(client_for, requester):
    client, form = client_for(requester), {"name": "CI", "scopes": ["read"], "days": "30", "submission": TOKEN}
    first, second = client.post("/account/tokens/", form), client.post("/account/tokens/", form, follow=True)

    token = ApiToken.objects.get()
    assert token.hint in first.content.decode()
    assert "The form was sent twice, and one token was created." in second.content.decode()


@pytest.mark.django_db
def test_who_forgot_a_password_and_presses_twice_gets_one_mail(requester):
    client = Client()
    for _ in range(2):
        answer = client.post("/password/reset/", {"email": requester.user.email, "submission": TOKEN})
        assert (answer.status_code, answer.url) == (302, "/password/reset/sent/")

    assert Notice.objects.filter(kind="password_reset").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_parallel_posts_of_one_form_make_one_message(requester, ticket):
    def send():
        client = Client()
        client.force_login(requester.user, backend="accounts.identity.backends.PersonBackend")
        return client.post(f"/tickets/{ticket.number}/reply/", {"body": "Once", "submission": TOKEN}).url

    led_to = at_once(*[send] * 4)

    message = Message.objects.get(body="Once")
    assert led_to == [f"{ticket.get_absolute_url()}#message-{message.pk}"] * 4
