"""A customer asks about a line of the hours ledger; staff answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.people import leads
from accounts.core.models import Contact, User
from accounts.hours.models import HoursEntry, HoursQuestion
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import as_text

# So many unanswered questions on one line say enough.
MOST_OPEN = 3


@transaction.atomic
def ask(entry: HoursEntry, *, question: str, by: Contact, now: datetime) -> HoursQuestion:
    """Leave a question under a line; the leads hear of it."""
    question = _text(question, "question")
    if entry.questions.filter(answered_at=None).count() >= MOST_OPEN:
        raise DomainError(_("Your earlier questions on this entry are waiting for our reply."), code="too_many")
    asked = HoursQuestion.objects.create(entry=entry, question=question, asked_by=by.user, asked_at=now)
    _notify("hours_question", asked, leads(), now=now)
    return asked


@transaction.atomic
def answer(question: HoursQuestion, *, answer: str, by: User, now: datetime) -> HoursQuestion:
    """Answer once; the asker hears of it. Raises Stale when a colleague was faster."""
    text = _text(answer, "answer")
    changed = HoursQuestion.objects.filter(pk=question.pk, answered_at=None).update(
        answer=text, answered_by=by, answered_at=now
    )
    if not changed:
        raise Stale(_("A colleague has already answered this question."))
    question.refresh_from_db()
    _notify("hours_answer", question, [question.asked_by_id], now=now)
    return question


def _notify(kind: str, question: HoursQuestion, people: list[int], *, now: datetime) -> None:
    outbox.write(kind, key=f"{kind}:{question.pk}", recipients=people, data={"question": question.pk}, now=now)


def _text(text: str, field: str) -> str:
    text = as_text(text)
    if not text:
        raise DomainError(_("Enter a sentence."), code="empty", field=field)
    return text
