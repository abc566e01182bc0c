"""Words are kept until the server has taken them, on both faces; nobody else ever reads them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from portal.lib import drafts, submissions
from portal.lib.clock import now
from portal.lib.drafts import KEPT_FOR, MAX_CHARS, MAX_DRAFTS, Draft
from portal.tasks import forget_old
from tests.factories import MONDAY_9AM
from tests.html_forms import posts_of

pytestmark = pytest.mark.django_db
DRAFTS = "/drafts"
FETCH = {"X-Requested-With": "fetch"}


def browser(person):
    client = Client()
    client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
    return client


def composer(page, place):
    return next(form for form in posts_of(page.content.decode()) if form.data().get("draft") == [place])


FACES = {
    "portal": ("tickets:detail", "tickets:reply", "body", "requester"),
    "portal, new": ("tickets:new", "tickets:new", "body", "requester"),
    "desk": ("admin:tickets_ticket_change", "admin:tickets_ticket_reply", "body", "agent"),
    "desk, note": ("admin:tickets_ticket_change", "admin:tickets_ticket_note", "note", "agent"),
}


@pytest.fixture(params=FACES)
def face(request, ticket):
    page, act, field, writer = FACES[request.param]
    arguments = [] if page == "tickets:new" else [ticket.number]
    person = request.getfixturevalue(writer)
    return browser(person), person, reverse(page, args=arguments), reverse(act, args=arguments), field


def test_what_was_kept_stands_in_the_form_again(face):
    client, _person, page, place, field = face
    answer = client.post(DRAFTS, {"draft": place, field: "An hour of work", "seen": "3"}, headers=FETCH)
    assert (answer.status_code, Draft.objects.get().fields) == (200, {field: "An hour of work"})

    assert composer(client.get(page), place).data()[field] == ["An hour of work"]
    asked = client.get(DRAFTS, {"place": [place, "/other/"]}).json()["drafts"]
    assert {where: found["fields"] for where, found in asked.items()} == {place: {field: "An hour of work"}}


def test_the_act_takes_the_draft_in_its_own_transaction_and_tells_the_browser(face, monkeypatch):
    client, _person, page, place, field = face
    client.post(DRAFTS, {"draft": place, field: "An hour"}, headers=FETCH)
    form = composer(client.get(page), place).data() | {field: ["An hour of work"], "subject": ["One"]}

    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("portal.lib.submissions.end", lambda *args: 1 / 0)
        assert client.post(place, form).status_code == 500
    assert (Draft.objects.count(), "taken" in client.cookies) == (1, False)
    answer = client.post(place, form)

    assert answer.status_code == 302
    assert Draft.objects.count() == 0
    assert answer.cookies["taken"].value == place.replace("/", "%2F")
    assert composer(client.get(page), place).data().get(field, [""]) == [""]


def test_the_act_takes_its_own_draft_and_no_other(face, lead, stranger):
    client, person, page, place, field = face
    acts_for = person if hasattr(person, "account") else None
    own = drafts.save(person.user, acts_for, place, {field: "Mine, here"}, now=MONDAY_9AM)
    for user, contact, where in [
        (lead.user, None, place), (person.user, stranger, place), (person.user, acts_for, "/elsewhere/"),
    ]:  # fmt: skip
        drafts.save(user, contact, where, {field: "Kept"}, now=MONDAY_9AM)
    others = set(Draft.objects.exclude(pk=own.pk))

    form = composer(client.get(page), place).data() | {field: ["An hour of work"], "subject": ["One"]}

    assert client.post(place, form).status_code == 302
    assert set(Draft.objects.all()) == others
    assert len(others) == 3


def test_a_refusal_takes_nothing(face):
    client, _person, page, place, field = face
    client.post(DRAFTS, {"draft": place, field: "An hour of work"}, headers=FETCH)
    form = composer(client.get(page), place).data() | {field: [" "]}

    answer = client.post(place, form)

    assert answer.status_code == 422
    assert Draft.objects.get().fields == {field: "An hour of work"}
    assert "taken" not in answer.cookies


@pytest.mark.parametrize("act", ["assign", "status", "priority"])
def test_other_acts_on_the_page_keep_what_an_agent_writes(act, agent, ticket):
    client, place = browser(agent), reverse("admin:tickets_ticket_reply", args=[ticket.number])
    client.post(DRAFTS, {"draft": place, "body": "Half an answer"}, headers=FETCH)
    sent = {"agent": agent.pk, "status": "on_hold", "priority": "2", "confirmed": "1"}

    page = client.post(reverse(f"admin:tickets_ticket_{act}", args=[ticket.number]), sent, follow=True)

    assert page.redirect_chain
    assert composer(page, place).data()["body"] == ["Half an answer"]


def test_nobody_else_sees_or_changes_a_draft(requester, colleague, account_admin, agent, ticket):
    place = reverse("tickets:reply", args=[ticket.number])
    browser(requester).post(DRAFTS, {"draft": place, "body": "Mine alone"}, headers=FETCH)

    for other in (colleague, account_admin, agent):
        client = browser(other)
        assert client.get(DRAFTS, {"place": place}).json() == {"drafts": {}}
        client.post(DRAFTS, {"draft": place}, headers=FETCH)  # giving up one's own
    assert "Mine alone" not in browser(colleague).get(ticket.get_absolute_url()).content.decode()
    assert Draft.objects.get().fields == {"body": "Mine alone"}


def test_each_account_of_one_person_has_its_own(requester, stranger):
    for contact in (requester, stranger):
        drafts.save(requester.user, contact, "/tickets/new/", {"body": contact.account.name}, now=MONDAY_9AM)

    found = drafts.of(requester.user, requester, ["/tickets/new/"])
    assert found["/tickets/new/"].fields == {"body": "Acme"}


def test_without_javascript_a_button_keeps_it_and_leads_back(requester, ticket):
    client, page = browser(requester), ticket.get_absolute_url()
    place = reverse("tickets:reply", args=[ticket.number])
    form = composer(client.get(page), place)
    assert form.actions == [DRAFTS]

    answer = client.post(
        DRAFTS, form.data() | {"body": "By hand"}, follow=True, headers={"Referer": f"http://testserver{page}"}
    )

    assert answer.redirect_chain == [(page, 302)]
    assert "Draft saved." in answer.content.decode()
    assert composer(answer, place).data()["body"] == ["By hand"]
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("referer", ["https://evil.example/x", "", "http://testserver.evil.example/", "javascript:1"])
def test_the_way_back_stays_on_this_site(referer, requester):
    answer = browser(requester).post(DRAFTS, {"draft": "/x", "body": "a"}, headers={"Referer": referer})

    assert (answer.status_code, answer.url) == (302, "/")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "A draft can have 200000 characters; this one has 200001."),
     ("fr", "Un brouillon peut compter 200000 caractères\xa0; celui-ci en a 200001.")],
)  # fmt: skip
def test_a_draft_that_is_too_long_says_so_and_the_last_one_stays(language, sentence, requester):
    requester.user.language = language
    requester.user.save()
    client = browser(requester)
    client.post(DRAFTS, {"draft": "/tickets/new/", "body": "Short"}, headers=FETCH)

    answer = client.post(DRAFTS, {"draft": "/tickets/new/", "body": "x" * (MAX_CHARS + 1)}, headers=FETCH)

    assert (answer.status_code, answer.json()) == (422, {"detail": sentence})
    assert Draft.objects.get().fields == {"body": "Short"}


@pytest.mark.parametrize("place", ["", "tickets", "//" + "x" * 300, "/\x00", "/a\nb"])
def test_what_is_no_place_keeps_nothing(place, requester):
    client = browser(requester)

    assert client.post(DRAFTS, {"draft": place, "body": "a"}, headers=FETCH).status_code == 422
    assert client.get(DRAFTS, {"place": place}).json() == {"drafts": {}}
    assert Draft.objects.count() == 0


def test_the_oldest_of_too_many_goes(requester):
    for number in range(MAX_DRAFTS + 2):
        at = MONDAY_9AM + timedelta(minutes=number)
        drafts.save(requester.user, requester, f"/{number}", {"body": "a"}, now=at)

    kept = set(Draft.objects.values_list("place", flat=True))
    assert kept == {f"/{number}" for number in range(2, MAX_DRAFTS + 2)}


def test_an_empty_form_is_no_draft(requester):
    drafts.save(requester.user, requester, "/x", {"body": "a"}, now=MONDAY_9AM)

    browser(requester).post(DRAFTS, {"draft": "/x", "body": "  "}, headers=FETCH)

    assert Draft.objects.count() == 0


def test_a_draft_that_nobody_goes_back_to_is_forgotten(requester):
    drafts.save(requester.user, requester, "/old", {"body": "a"}, now=now() - KEPT_FOR - timedelta(minutes=1))
    drafts.save(requester.user, requester, "/new", {"body": "a"}, now=now())

    assert forget_old() >= 1
    assert list(Draft.objects.values_list("place", flat=True)) == ["/new"]


# --- A session that ended -------------------------------------------------------------------------------------------


def test_whoever_was_signed_out_while_writing_is_led_back_to_the_page(face):
    client, person, page, place, field = face
    form = composer(client.get(page), place).data() | {field: ["An hour of work"], "subject": ["One"]}
    client.post(DRAFTS, {"draft": place, field: "An hour of work"}, headers=FETCH)
    del client.cookies["sessionid"]

    answer = client.post(place, form, headers={"Referer": f"http://testserver{page}"})

    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={page}")
    assert "taken" not in answer.cookies
    person.user.set_password("on time, every time")
    person.user.save()
    back = client.post(answer.url, {"login": person.user.email, "password": "on time, every time", "next": page})
    assert (back.status_code, back.url) == (302, page)
    assert composer(client.get(back.url), place).data()[field] == ["An hour of work"]


@pytest.mark.parametrize("referer", ["", "https://evil.example/tickets/", "http://testserver/sign-in/?next=/x"])
def test_without_a_page_to_go_back_to_the_form_itself_says_where(referer, ticket):
    reply, close = (reverse(f"tickets:{act}", args=[ticket.number]) for act in ("reply", "close"))

    answers = [Client().post(act, {"body": "x"}, headers={"Referer": referer}).url for act in (reply, close)]

    assert answers == [f"/sign-in/?next={reply}", "/sign-in/?next=/"]


@pytest.fixture
def signed_out(face):
    """The words are posted without a session while an older draft stands; also the page that answers."""
    client, person, page, place, field = face
    form = composer(client.get(page), place).data() | {field: ["A <b>new</b> text"], "subject": ["One"]}
    client.post(DRAFTS, {"draft": place, field: "Older"}, headers=FETCH)
    Session.objects.all().delete()
    answer = client.post(place, form, headers={"Referer": f"http://testserver{page}"})
    person.user.set_password("on time, every time")
    person.user.save()
    return client, answer.url


def sign_in(client, where, person):
    return client.post(where, {"login": person.user.email, "password": "on time, every time"})


def test_words_that_arrive_after_the_session_are_kept_for_their_writer(face, signed_out):
    _client, person, page, place, field = face
    client, where = signed_out
    assert "so nothing was sent. Your text is kept for one hour: sign in" in client.get(where).content.decode()
    assert Draft.objects.get().fields == {field: "Older"}

    back = sign_in(client, where, person)
    shown = client.get(page)

    assert (back.status_code, back.url) == (302, page)
    assert composer(shown, place).data()[field] == ["A <b>new</b> text"]
    assert {
        "en": "Your session had expired, so nothing was sent. Your text is in the form.",
        "fr": ("Votre session avait expiré\xa0: rien n’a été envoyé. Votre texte se trouve dans le formulaire."),
    }[person.user.language] in shown.content.decode()
    assert "unsent" not in client.session


def test_somebody_else_who_signs_in_there_sees_nothing_and_ends_it(face, signed_out, colleague):
    _client, person, page, _place, field = face
    client, where = signed_out
    colleague.user.set_password("on time, every time")
    colleague.user.save()
    assert "new" not in words_on(client.get(where))

    sign_in(client, where, colleague)
    assert "unsent" not in client.session
    assert "A &lt;b&gt;new" not in client.get("/tickets/", follow=True).content.decode()
    client.post("/sign-out/")
    sign_in(client, where, person)

    assert list(Draft.objects.values_list("user", "fields")) == [(person.user.pk, {field: "Older"})]


def words_on(page):
    return [form.data().get("body", form.data().get("note")) for form in posts_of(page.content.decode())]


def test_after_an_hour_they_are_gone(face, signed_out):
    _client, person, _page, _place, field = face
    client, where = signed_out
    session = client.session
    session["unsent"] = session["unsent"] | {"until": now().timestamp() - 1}
    session.save()

    sign_in(client, where, person)

    assert Draft.objects.get().fields == {field: "Older"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_form_without_a_draft_gives_its_text_back_to_copy(language, requester):
    requester.user.language = language
    requester.user.set_password("on time, every time")
    requester.user.save()
    client = browser(requester)
    asked = "/account/hours/engagements/new/"
    token = submissions.new_token(requester.user, requester)
    del client.cookies["sessionid"]
    where = client.post(asked, {"topic": "x", "wish": "Be <current> soon", "password": "a b", "submission": token}).url

    sign_in(client, where, requester)
    page = client.get("/tickets/").content.decode()

    said = {
        "en": "Your session had expired, so nothing was sent. Copy your text:",
        "fr": "Votre session avait expiré\xa0: rien n’a été envoyé. Copiez votre texte\xa0:",
    }[language]
    assert f'<label>{said} <textarea rows="6" readonly>Be &lt;current&gt; soon</textarea></label>' in page
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1] + "g", lambda token: submissions.new_token(), lambda _: ""]
)
def test_words_of_a_form_that_was_drawn_for_nobody_are_not_kept(change, requester, ticket):
    client, token = Client(), submissions.new_token(requester.user, requester)

    answer = client.post(f"/tickets/{ticket.number}/reply/", {"body": "Two words", "submission": change(token)})

    assert answer.status_code == 302
    assert (submissions.writer_of(token), submissions.writer_of(change(token))) == (
        (requester.user.pk, requester.pk), None,
    )  # fmt: skip
    assert "sessionid" not in client.cookies


def test_a_password_is_never_kept(requester):
    client, token = Client(), submissions.new_token(requester.user, requester)

    client.post("/password/change/", {"oldpassword": "on time", "password1": "a b c", "submission": token})

    assert "sessionid" not in client.cookies
