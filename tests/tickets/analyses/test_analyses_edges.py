"""Root-cause analyses at their doors: list and reader, questions, the file, the desk's board and editor, API, mails."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.core.enums import ContactRole, Tier
from portal.lib import outbox
from sla.core.enums import Priority
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket, seat
from tickets.analyses.domain import approval, deadlines, questions, writing
from tickets.core.domain import conversation
from tickets.core.enums import Status
from tickets.models import AnalysisQuestion, AnalysisVersion, RootCauseAnalysis

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOLVED = MONDAY_9AM + 2 * HOUR
WHOLE = {
    "summary": "Kiosks were down.", "impact": "Three airports.", "timeline": "- 09:50 down", "cause": "Two **jobs**.",
    "done": "We pushed the profile again.",
}  # fmt: skip
ACTIONS = [{"what": "Order the jobs", "owner": "Release team", "on": "2026-11-20"}]


@pytest.fixture
def tom(london, lead):
    account = make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)
    contact = make_contact(account, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN)
    seat(contact, by=lead.user)
    return contact


@pytest.fixture
def sam(db):
    return make_agent("sam@punctual.test", name="Sam")


def solved_p1(contact, agent, **fields):
    ticket = make_ticket(contact, priority=Priority.URGENT, **fields)
    conversation.reply_as_agent(ticket, body="Works.", by=agent.user, now=SOLVED, status_after=Status.SOLVED)
    return RootCauseAnalysis.objects.get(ticket=ticket)


@pytest.fixture
def analysis(tom, agent):
    return solved_p1(tom, agent)


@pytest.fixture
def publish(agent, sam, lead):
    def act(analysis, *, note="", now=SOLVED + DAY, **sections):
        writing.save_draft(
            analysis, sections=WHOLE | sections, actions=ACTIONS, seen=None, by=agent.user, now=now
        )  # fmt: skip
        writing.submit(analysis, by=agent.user, now=now)
        approval.review(analysis, by=sam.user, now=now)
        approval.approve(analysis, by=lead.user, now=now)
        return approval.publish(analysis, by=lead.user, now=now, note=note)

    return act


def words_of(response):
    return " ".join(response.content.decode().split())


def desk(name, analysis):
    return reverse(f"admin:tickets_rootcauseanalysis_{name}", args=[analysis.number])


class TestPortal:
    def test_the_list_says_state_target_and_version(self, client_for, tom, agent, analysis, publish):
        other = solved_p1(tom, agent)
        publish(analysis)
        words = words_of(client_for(tom).get(reverse("tickets:analyses")))
        assert (words.index(other.number) < words.index(analysis.number), "Requested" in words) == (True, True)
        assert "Published" in words
        assert "Mon 16 Nov" in words

    def test_the_list_costs_the_same_for_one_and_for_many(self, client_for, tom, agent):
        client, counts = client_for(tom), []
        for _round in range(2):
            for _number in range(2):
                solved_p1(tom, agent)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("tickets:analyses"))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_nothing_of_a_draft_is_shown(self, client_for, tom, agent, analysis):
        """#153"""
        writing.save_draft(
            analysis, sections={"summary": "CANARY"}, actions=[{"what": "CANARY"}], seen=None, by=agent.user, now=SOLVED
        )  # fmt: skip
        client = client_for(tom)
        pages = [
            reverse("tickets:analyses"), analysis.get_absolute_url(), analysis.ticket.get_absolute_url(),
        ]  # fmt: skip
        assert ["CANARY" in words_of(client.get(page)) for page in pages] == [False] * 3
        assert client.get(reverse("tickets:analysis_file", args=[analysis.number])).status_code == 404
        assert "In analysis" in words_of(client.get(pages[1]))

    def test_the_reader_shows_sections_versions_and_questions(self, client_for, tom, agent, analysis, publish):
        publish(analysis)
        question = questions.ask(analysis, body="Why two?", by=tom, now=SOLVED + DAY)
        questions.answer(question, body="For speed.", by=agent.user, now=SOLVED + DAY)
        client = client_for(tom)
        words = words_of(client.get(analysis.get_absolute_url()))
        for shown in ("Kiosks were down.", "<strong>jobs</strong>", "Release team", "Why two?", "For speed."):
            assert shown in words
        assert "prevent" not in words  # an empty section has no heading
        assert client.get(analysis.get_absolute_url() + "?version=2").status_code == 404

    def test_a_withdrawn_version_says_by_whom_and_shows_the_one_before(
        self, client_for, tom, agent, lead, analysis, publish
    ):
        """And the one before shows again."""
        publish(analysis)
        writing.begin_version(analysis, by=agent.user, now=SOLVED + DAY)
        second = publish(analysis, note="More.", summary="SECOND")
        approval.withdraw(second, reason="A wrong name.", by=lead.user, now=SOLVED + 2 * DAY)
        client = client_for(tom)
        words = words_of(client.get(analysis.get_absolute_url()))
        assert ("Kiosks were down." in words, "SECOND" in words, "A wrong name." in words) == (True, False, True)
        words = words_of(client.get(analysis.get_absolute_url() + "?version=2"))
        assert ("SECOND" in words, "Nadia withdrew version 2" in words) == (False, True)
        file = reverse("tickets:analysis_file", args=[analysis.number])
        assert client.get(f"{file}?version=2").status_code == 404

    def test_a_question_is_asked_once_however_often_it_is_pressed(self, client_for, tom, analysis, publish):
        publish(analysis)
        client, page = client_for(tom), reverse("tickets:analysis_question", args=[analysis.number])
        assert client.post(page, {"body": " "}).status_code == 422
        form = {"body": "Why two?", "submission": "a-token-of-the-form-1"}
        assert [client.post(page, form).status_code for _press in range(2)] == [302, 302]
        assert [row.body for row in AnalysisQuestion.objects.all()] == ["Why two?"]

    def test_before_it_is_published_there_is_nothing_to_ask(self, client_for, tom, analysis):
        page = reverse("tickets:analysis_question", args=[analysis.number])
        response = client_for(tom).post(page, {"body": "My careful words"})
        assert response.status_code == 422
        assert not AnalysisQuestion.objects.exists()

    def test_the_file_is_a_download_that_no_browser_runs(self, client_for, tom, analysis, publish):
        publish(analysis)
        page = reverse("tickets:analysis_file", args=[analysis.number])
        client = client_for(tom)
        for query, kind, end in (("", "text/html", "html"), ("?as=markdown", "text/markdown", "md")):
            response = client.get(page + query)
            assert response["Content-Type"] == f"{kind}; charset=utf-8"
            assert response["Content-Disposition"] == (
                f'attachment; filename="root-cause-analysis-of-{analysis.number.lower()}-v1.{end}"'
            )
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert "Kiosks were down." in response.content.decode()

    def test_below_platinum_the_page_explains(self, client_for, requester):
        """A page that explains and offers a way on, instead of an error."""
        response = client_for(requester).get(reverse("tickets:analyses"))
        assert response.status_code == 200
        assert "With Premium Platinum, we explain" in words_of(response)

    def test_on_platinum_an_empty_list_says_what_will_stand_there(self, client_for, tom):
        assert "No analysis yet." in words_of(client_for(tom).get(reverse("tickets:analyses")))

    def test_a_private_or_foreign_one_is_not_there(self, client_for, tom, stranger, agent):
        """#153: the same 404 as for one that does not exist."""
        priya, yuki = (make_contact(tom.account, f"{name}@kestrel.test") for name in ("priya", "yuki"))
        private = solved_p1(priya, agent, is_private=True)
        for person, status in ((priya, 200), (tom, 200), (yuki, 404), (stranger, 404)):
            client = client_for(person)
            assert client.get(private.get_absolute_url()).status_code == status
            assert (private.number in words_of(client.get(reverse("tickets:analyses")))) is (status == 200)
            if status == 404:
                for name in ("analysis_file", "analysis_question"):
                    page = reverse(f"tickets:{name}", args=[private.number])
                    answer = client.get(page) if name == "analysis_file" else client.post(page, {"body": "x"})
                    assert answer.status_code == 404

    @pytest.mark.parametrize(
        "evil",
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
            "<svg/onload=alert(1)>", "![x](http://evil.test/pixel.png)", '"><iframe srcdoc="x">',
        ],
    )  # fmt: skip
    def test_what_is_written_stays_text(self, client_for, tom, analysis, publish, evil):
        """#208, in every face: reader, file, question."""
        publish(analysis, **dict.fromkeys(WHOLE, evil))
        questions.ask(analysis, body=evil, by=tom, now=SOLVED + DAY)
        client = client_for(tom)
        page = client.get(analysis.get_absolute_url()).content.decode().split("<main", 1)[1]
        file = client.get(reverse("tickets:analysis_file", args=[analysis.number])).content.decode()
        shown = evil.replace("<", "&lt;").replace(">", "&gt;")
        if evil.startswith("!"):
            shown = '!<a href="http://evil.test/pixel.png"'  # a picture becomes a link
        for html in (page, file):
            assert shown in html.replace("&quot;", '"')
            for sign in ("<script>alert", "<img", "<svg/", "<iframe", 'href="javascript:', "onerror=alert(1)>"):
                assert sign not in html, sign


class TestDesk:
    def form(self, analysis, **fields):
        analysis.refresh_from_db()
        return WHOLE | {
            "seen": analysis.revision, "action_what": "Order the jobs", "action_owner": "Release team",
            "action_on": "2026-11-20", "save": "1",
        } | fields  # fmt: skip

    def test_from_the_draft_to_the_customer(self, client_for, agent, sam, lead, analysis):
        client = client_for(agent)
        page = desk("change", analysis)
        assert client.post(page, self.form(analysis, submit="1")).status_code == 302
        client = client_for(sam)
        assert client.post(desk("approve", analysis)).status_code == 403  # a lead's
        assert client.post(desk("review", analysis)).status_code == 302
        client = client_for(lead)
        assert client.post(desk("publish", analysis)).status_code == 409  # not approved yet
        for act in ("approve", "publish"):
            assert client.post(desk(act, analysis)).status_code == 302
        assert client.post(desk("publish", analysis)).status_code == 409
        assert AnalysisVersion.objects.get().actions == ACTIONS

    def test_what_is_missing_is_listed_with_links_and_the_text_stays_saved(self, client_for, agent, analysis):
        """A12"""
        response = client_for(agent).post(desk("change", analysis), self.form(analysis, submit="1", cause=""))
        words = words_of(response)
        assert response.status_code == 422
        assert '<a href="#part-cause">' in words
        assert '<a href="#part-impact">' not in words
        analysis.refresh_from_db()
        assert (analysis.state, analysis.sections["summary"]) == ("draft", "Kiosks were down.")

    def test_two_who_write_at_once_lose_no_word(self, client_for, agent, analysis):
        """F75: the form is older than what is stored; both texts stand on the page, and the next press saves."""
        client, page = client_for(agent), desk("change", analysis)
        form = self.form(analysis, summary="My careful words")
        writing.save_draft(
            analysis, sections={"summary": "Saved in another window"}, actions=[], seen=None, by=agent.user, now=SOLVED
        )  # fmt: skip
        response = client.post(page, form)
        words = words_of(response)
        assert response.status_code == 409
        assert "My careful words" in words
        assert "Saved in another window" in words
        analysis.refresh_from_db()
        assert analysis.sections == {"summary": "Saved in another window"}
        assert client.post(page, form | {"seen": analysis.revision}).status_code == 302

    def test_the_timeline_is_pulled_into_the_form_and_nothing_else_changes(self, client_for, agent, analysis):
        response = client_for(agent).post(
            desk("change", analysis), self.form(analysis, pull="1", summary="My careful words")
        )
        assert "My careful words" in words_of(response)
        assert "Times in London time." in words_of(response)
        analysis.refresh_from_db()
        assert "summary" not in analysis.sections

    def test_the_board_shows_what_is_late_first(self, client_for, tom, agent, lead, analysis):
        late = solved_p1(tom, agent)
        RootCauseAnalysis.objects.filter(pk=late.pk).update(due_at=SOLVED)
        words = words_of(client_for(lead).get(reverse("admin:tickets_rootcauseanalysis_changelist")))
        assert words.index(late.number) < words.index(analysis.number)
        assert "Overdue since" in words

    def test_the_board_costs_the_same_for_one_and_for_many(self, client_for, tom, agent, lead):
        client, counts = client_for(lead), []
        for _round in range(2):
            for _number in range(2):
                solved_p1(tom, agent)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("admin:tickets_rootcauseanalysis_changelist"))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_questions_are_answered_and_versions_withdrawn(self, client_for, tom, lead, analysis, publish):
        publish(analysis)
        question = questions.ask(analysis, body="Why two?", by=tom, now=SOLVED + DAY)
        client = client_for(lead)
        assert client.post(desk("answer", analysis), {"question": question.pk, "words": ""}).status_code == 422
        assert client.post(desk("answer", analysis), {"question": question.pk, "words": "Speed."}).status_code == 302
        assert client.post(desk("answer", analysis), {"question": 99, "words": "x"}).status_code == 404
        assert client.post(desk("withdraw", analysis), {"version": 1, "words": "Wrong."}).status_code == 302
        words = words_of(client.get(desk("change", analysis)))
        assert "Withdrawn by Nadia" in words
        assert client.post(desk("take_over", analysis)).status_code == 302
        assert client.get(desk("preview", analysis)).status_code == 200


class TestApi:
    def test_list_and_report(self, tom, analysis, publish):
        caller = Caller(tom)
        row = {
            "number": analysis.number, "subject": "Enrolment fails",
            "account": {"id": tom.account_id, "name": "Kestrel Air"}, "state": "requested",
            "opened_at": "2026-11-09T11:00:00Z", "due_at": "2026-11-16T17:30:00Z", "breached_at": None,
            "published_at": None, "version": None, "url": f"http://localhost:8000/analyses/{analysis.number}/",
        }  # fmt: skip
        assert caller.get("/rca-reports").json()["results"] == [row]
        empty = {"sections": None, "actions": [], "versions": [], "questions": []}
        assert caller.get(f"/rca-reports/{analysis.number}").json() == row | empty
        publish(analysis)
        whole = caller.get(f"/rca-reports/{analysis.number}").json()
        assert (whole["state"], whole["version"], whole["sections"], whole["actions"]) == (
            "published", 1, WHOLE, ACTIONS,
        )  # fmt: skip
        assert [version["number"] for version in whole["versions"]] == [1]

    def test_a_question_by_program(self, tom, agent, analysis, publish):
        path = f"/rca-reports/{analysis.number}/questions"
        early = Caller(tom).post(path, {"body": "Why?"})
        assert (early.status_code, early.json()["reason"]) == (409, "NOT_PUBLISHED")
        publish(analysis)
        answer = Caller(tom).post(path, {"body": "Why?"})
        assert (answer.status_code, answer.json()["body"], answer.json()["answer"]) == (201, "Why?", None)
        assert Caller(agent).post(path, {"body": "Why?"}).status_code == 403
        assert AnalysisQuestion.objects.count() == 1

    def test_other_accounts_have_an_empty_list_and_a_404(self, stranger, requester, analysis):
        for contact in (stranger, requester):
            caller = Caller(contact)
            assert caller.get("/rca-reports").json()["results"] == []
            assert caller.get(f"/rca-reports/{analysis.number}").json()["reason"] == "NOT_FOUND"


def test_every_mail_of_its_life(tom, agent, sam, lead, analysis, publish, mailoutbox):
    priya = make_contact(tom.account, "priya@kestrel.test")
    type(agent.user).objects.update(language="en")

    def mails(now):
        outbox.deliver(now=now)
        left = [
            (mail.to[0].split("@")[0], mail.subject.split("] ")[-1].split(" — ")[0])
            for mail in mailoutbox
            if "/analyses/" in mail.body or "/rootcauseanalysis/" in mail.body
        ]
        mailoutbox.clear()
        return left

    due = analysis.due_at
    writing.take_over(analysis, by=agent.user, now=SOLVED)
    assert mails(SOLVED) == [("nadia", "Root-cause analysis to write")]
    writing.save_draft(analysis, sections=WHOLE, actions=ACTIONS, seen=None, by=agent.user, now=SOLVED)
    writing.submit(analysis, by=agent.user, now=SOLVED)
    assert mails(SOLVED) == [("nadia", "Analysis to review")]
    approval.review(analysis, by=sam.user, now=SOLVED)
    assert mails(SOLVED) == [("nadia", "Analysis to approve")]
    writing.send_back(analysis, words="Name the release.", by=lead.user, now=SOLVED)
    assert mails(SOLVED) == [("lea", "Analysis sent back")]
    deadlines.flag_breaches(now=due)
    assert mails(due) == [("nadia", "Root-cause analysis overdue"), ("lea", "Root-cause analysis overdue")]
    publish(analysis, now=due + HOUR)
    assert mails(due + HOUR) == [("lea", "Analysis approved"), ("tom", "Root-cause analysis published")]
    question = questions.ask(analysis, body="Why?", by=tom, now=due + DAY)
    assert mails(due + DAY) == [("lea", "Question about an analysis")]
    questions.answer(question, body="So.", by=sam.user, now=due + DAY)
    approval.withdraw(AnalysisVersion.objects.get(), reason="A wrong name.", by=lead.user, now=due + DAY)
    assert mails(due + DAY) == [("tom", "Answer to your question"), ("tom", "Root-cause analysis withdrawn")]
    assert not outbox.Notice.objects.filter(kind="analysis", recipient=priya.user).exists()
