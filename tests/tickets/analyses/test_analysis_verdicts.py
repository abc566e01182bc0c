"""The customer accepts or disputes a published analysis; staff write and publish one by program."""

import pytest

from accounts.core.enums import ContactRole
from portal.lib.errors import NotAllowed, Stale
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_contact
from tests.tickets.analyses.test_analyses import (  # noqa: F401 - fixtures
    ACTIONS,
    DAY,
    HOUR,
    SOLVED,
    WHOLE,
    analysis,
    p1,
    publish,
    sam,
    told,
    tom,
)
from tickets.analyses.domain import questions, verdicts
from tickets.analyses.domain.questions import NotPublished
from tickets.core.domain.history import sentence
from tickets.core.enums import EventKind, Verdict
from tickets.models import AnalysisQuestion, AnalysisVerdict

LATER = SOLVED + 2 * DAY


@pytest.fixture
def published(analysis, agent, sam, lead):  # noqa: F811
    """Version 1 of the analysis of Tom's ticket, written by Léa."""
    publish(analysis, agent, sam, lead)
    analysis.refresh_from_db()
    return analysis


@pytest.fixture
def member(tom):  # noqa: F811
    return make_contact(tom.account, "priya@kestrel.test", name="Priya Nair")


def said(analysis):  # noqa: F811
    events = analysis.ticket.events.filter(kind=EventKind.ANALYSIS)
    return [(event.actor.name, sentence(event)) for event in events if event.actor]


def test_the_customer_accepts_and_the_author_hears_of_it(published, tom, client_for):  # noqa: F811
    browser = client_for(tom)
    page = browser.get(published.get_absolute_url())
    accepted = browser.post(f"{published.get_absolute_url()}accept/", {"version": "1"}, follow=True)

    given = AnalysisVerdict.objects.get()
    assert "Accept analysis" in page.text
    assert (given.version.number, given.verdict, given.given_by) == (1, Verdict.ACCEPTED, tom.user)
    assert told()[-1] == ("accepted", "Léa")
    assert said(published)[-1] == ("Tom Hale", "accepted version 1 of the root-cause analysis")
    assert "Tom Hale accepted this version" in accepted.text
    assert "Accept analysis" not in accepted.text


def test_a_dispute_is_a_question_that_we_answer(published, tom, agent, lead, client_for):  # noqa: F811
    browser = client_for(tom)
    address = f"{published.get_absolute_url()}dispute/"

    empty = browser.post(address, {"version": "1", "reason": " "})
    assert (empty.status_code, AnalysisVerdict.objects.count()) == (422, 0)
    assert "Enter what is not correct." in empty.text
    page = browser.post(address, {"version": "1", "reason": "Lyon was down **until noon**."}, follow=True)

    given = AnalysisVerdict.objects.get()
    assert (given.verdict, given.question.body) == (Verdict.DISPUTED, "Lyon was down **until noon**.")
    assert told()[-2:] == [("disputed", "Léa"), ("disputed", "Nadia")]
    assert "Lyon was down <strong>until noon</strong>" in page.text
    questions.answer(given.question, body="Version 2 says so.", by=agent.user, now=LATER)
    assert told()[-1] == ("answered", "Tom Hale")
    desk = client_for(lead).get(f"/desk/tickets/rootcauseanalysis/{published.number}/change/")
    assert "Disputed" in desk.text


def test_each_version_is_judged_once_and_only_when_it_is_current(published, tom, agent, sam, lead):  # noqa: F811
    from tickets.analyses.domain import writing

    verdicts.dispute(published, version=1, reason="Lyon.", by=tom, now=LATER)
    with pytest.raises(Stale, match="Tom Hale has already answered"):
        verdicts.accept(published, version=1, by=tom, now=LATER)
    writing.begin_version(published, by=agent.user, now=LATER)
    publish(published, agent, sam, lead, now=LATER + HOUR, note="Lyon, too.")
    with pytest.raises(Stale, match="Version 2 is now the current version"):
        verdicts.accept(published, version=1, by=tom, now=LATER + DAY)
    verdicts.accept(published, version=2, by=tom, now=LATER + DAY)

    rows = AnalysisVerdict.objects.order_by("pk").values_list("version__number", "verdict")
    assert list(rows) == [(1, "disputed"), (2, "accepted")]
    assert AnalysisQuestion.objects.count() == 1


def test_readers_who_neither_asked_nor_administer_judge_nothing(published, member, client_for):
    with pytest.raises(NotAllowed):
        verdicts.accept(published, version=1, by=member, now=LATER)

    page = client_for(member).get(published.get_absolute_url())
    assert "Accept analysis" not in page.text
    assert not AnalysisVerdict.objects.exists()


def test_an_administrator_judges_for_the_requester(published, tom, client_for):  # noqa: F811
    other = make_contact(tom.account, "ann@kestrel.test", name="Ann", role=ContactRole.ADMIN)

    assert verdicts.accept(published, version=1, by=other, now=LATER).given_by == other.user


def test_before_it_is_published_there_is_nothing_to_judge(analysis, tom, stranger, client_for):  # noqa: F811
    for act in (verdicts.accept, lambda *a, **k: verdicts.dispute(*a, reason="x", **k)):
        with pytest.raises(NotPublished):
            act(analysis, version=1, by=tom, now=LATER)
    assert client_for(stranger).post(f"{analysis.get_absolute_url()}accept/", {"version": 1}).status_code == 404
    assert not AnalysisVerdict.objects.exists()


def test_a_program_writes_checks_publishes_and_the_customer_answers(analysis, tom, agent, sam, lead):  # noqa: F811
    path = f"/rca-reports/{analysis.number}"
    writer, reader, chief, customer = (Caller(person) for person in (agent, sam, lead, tom))

    def seen():
        return {"revision": writer.get(f"{path}/draft").json()["revision"]}

    half = writer.call("PUT", f"{path}/draft", {"sections": {"summary": "Down."}, "actions": [], **seen()})
    early = writer.post(f"{path}/submit", seen())
    whole = writer.call("PUT", f"{path}/draft", {"sections": WHOLE, "actions": ACTIONS, **seen()})
    stale = writer.call("PUT", f"{path}/draft", {"sections": {}, "actions": [], "revision": 1})
    submitted = writer.post(f"{path}/submit", seen())
    own = writer.post(f"{path}/review", seen())
    reviewed = reader.post(f"{path}/review", seen())
    approved = chief.post(f"{path}/approve", seen())
    by_agent = writer.post(f"{path}/publish", seen())
    published = chief.post(f"{path}/publish", seen())

    assert (half.status_code, half.json()["missing"][:2]) == (200, ["impact", "timeline"])
    assert (early.status_code, early.json()["reason"]) == (409, "INCOMPLETE")
    assert (whole.json()["missing"], stale.status_code, stale.json()["reason"]) == ([], 409, "STALE")
    assert [answer.json()["state"] for answer in (submitted, reviewed, approved, published)] == [
        "in_review", "in_review", "approved", "published",
    ]  # fmt: skip
    assert (own.status_code, own.json()["reason"]) == (403, "SAME_PERSON")
    assert by_agent.status_code == 403
    disputed = customer.post(f"{path}/dispute", {"version": 1, "reason": "Lyon."})
    answered = writer.post(f"{path}/questions/{disputed.json()['question']}/answer", {"body": "True."})
    report = customer.get(path).json()
    assert (disputed.status_code, answered.json()["answer"]) == (201, "True.")
    assert (report["versions"][0]["verdict"], report["questions"][0]["answer"]) == ("disputed", "True.")
    assert customer.get(f"{path}/draft").status_code == 403
    next_one = writer.post(f"{path}/begin-version", {})
    withdrawn = chief.post(f"{path}/withdraw", {"version": 1, "reason": "Another cause."})
    assert (next_one.json()["state"], withdrawn.json()["version"]) == ("draft", None)
    assert MONDAY_9AM < SOLVED
