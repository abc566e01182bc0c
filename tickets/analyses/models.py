"""Root-cause analyses: what is being written, the versions that were published, and what customers ask about them."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, User
from tickets.core.enums import AnalysisState, Verdict
from tickets.core.models.ticket import Ticket


def _person(label: Any, **kwargs: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=label, **kwargs
    )


class AnalysisQuerySet(models.QuerySet["RootCauseAnalysis"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """The only door: whoever sees the ticket sees its analysis, and nobody else."""
        if user.is_staff:
            return self
        if contact is None or contact.user_id != user.pk:
            return self.none()
        tickets = Ticket.objects.visible_to(user, contact)
        return self.filter(account=contact.account_id, ticket__in=tickets.values("pk"))

    def unfinished(self) -> Self:
        """A version is being written, reviewed or waits to be published."""
        return self.exclude(state=AnalysisState.PUBLISHED)

    def owed(self) -> Self:
        """Nothing was ever published: the promise stands open."""
        return self.filter(last_version=0)

    def unflagged(self) -> Self:
        return self.owed().filter(breached_at=None)

    def with_people(self) -> Self:
        return self.select_related("ticket__account", "ticket__region", "ticket__assignee__user", "author")

    def with_versions(self) -> Self:
        """`analysis.kept_versions`: newest first, one query for the whole list."""
        people = ("published_by", "withdrawn_by", "verdict__given_by")
        versions = AnalysisVersion.objects.select_related(*people).order_by("-number")
        return self.prefetch_related(Prefetch("versions", queryset=versions, to_attr="kept_versions"))


class RootCauseAnalysis(models.Model):
    """The analysis of one P1 of an account whose tier includes it; opened by the act that solved the ticket.

    `sections` and `actions` are the text being worked on, which customers never see; they read `versions`.
    Written by the verbs in domain/analyses/.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="analysis", verbose_name=_("ticket"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="analyses", verbose_name=_("account"))
    state = models.CharField(
        _("status"), max_length=9, choices=AnalysisState.choices, default=AnalysisState.REQUESTED, editable=False
    )
    opened_at = models.DateTimeField(_("opened"), editable=False)
    due_at = models.DateTimeField(_("target date"), editable=False)
    breached_at = models.DateTimeField(_("overdue since"), null=True, editable=False)

    # Section → Markdown, and what is still to do: [{"what", "owner", "on"}].
    sections = models.JSONField(_("sections"), default=dict)
    actions = models.JSONField(_("actions"), default=list)
    # Rises with every save and act: a form filled in against an older one is not saved over it.
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    author = _person(_("author"))
    # Everybody who wrote on the version in work (user ids): none of them reviews or approves it.
    writers = models.JSONField(_("authors"), default=list)
    reviewer = _person(_("reviewer"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, editable=False)
    approver = _person(_("approver"))
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    # Why it came back from review, until it is submitted again.
    sent_back = models.CharField(_("sent back"), max_length=2000, blank=True)
    sent_back_by = _person(_("sent back by"))

    # The highest number given, and the number that customers read; 0 for none.
    last_version = models.PositiveIntegerField(_("last version"), default=0, editable=False)
    current_version = models.PositiveIntegerField(_("current version"), default=0, editable=False)
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = _("root-cause analysis")
        verbose_name_plural = _("root-cause analyses")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="tickets_analysis_state_known", condition=Q(state__in=AnalysisState.values)),
            models.CheckConstraint(
                name="tickets_analysis_approver_is_another",
                condition=Q(approver=None) | Q(author=None) | ~Q(approver=F("author")),
            ),
            models.CheckConstraint(
                name="tickets_analysis_reviewer_is_another",
                condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author")),
            ),
            models.CheckConstraint(
                name="tickets_analysis_review_is_not_approval",
                condition=Q(approver=None) | Q(reviewer=None) | ~Q(approver=F("reviewer")),
            ),
            models.CheckConstraint(
                name="tickets_analysis_approved_by_somebody",
                condition=~Q(state__in=[AnalysisState.APPROVED, AnalysisState.PUBLISHED])
                | Q(author__isnull=False, reviewer__isnull=False, approver__isnull=False),
            ),
            models.CheckConstraint(
                name="tickets_analysis_current_exists", condition=Q(current_version__lte=F("last_version"))
            ),
        ]
        indexes = [
            # Serves the customer's list and the API, newest first.
            models.Index(name="tickets_analysis_newest", fields=["account", "-id"]),
            # Serves the board of the desk: what is not published, in the order of its target date.
            models.Index(name="tickets_analysis_board", fields=["due_at"], condition=~Q(state=AnalysisState.PUBLISHED)),
            # Serves flag_breaches() in domain/analyses/deadlines.py.
            models.Index(
                name="tickets_analysis_to_flag", fields=["due_at"], condition=Q(breached_at=None, last_version=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.ticket.subject}"

    @property
    def number(self) -> str:
        """That of its ticket."""
        return self.ticket.number

    def get_absolute_url(self) -> str:
        return reverse("tickets:analysis", args=[self.number])

    @property
    def is_published(self) -> bool:
        """Customers have a version to read."""
        return self.current_version > 0

    @property
    def shown_state(self) -> AnalysisState:
        """What customers hear: how we approve each other's work is ours."""
        if self.is_published:
            return AnalysisState.PUBLISHED
        state = AnalysisState(self.state)
        return AnalysisState.IN_REVIEW if state == AnalysisState.APPROVED else state

    def is_overdue(self, now: datetime) -> bool:
        """Owed and past its target date, whether the job has noticed or not."""
        return self.last_version == 0 and self.due_at <= now


class VersionQuerySet(models.QuerySet["AnalysisVersion"]):
    def standing(self) -> Self:
        """Published and not withdrawn."""
        return self.filter(withdrawn_at=None)


class AnalysisVersion(models.Model):
    """The text as it was published once. It never changes; it can only be withdrawn."""

    analysis = models.ForeignKey(
        RootCauseAnalysis, on_delete=models.CASCADE, related_name="versions", verbose_name=_("analysis")
    )
    number = models.PositiveIntegerField(_("version"))
    sections = models.JSONField(_("sections"))
    actions = models.JSONField(_("actions"))
    note = models.CharField(_("what changed"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = _person(_("withdrawn by"))
    withdrawn_because = models.CharField(_("reason for the withdrawal"), max_length=500, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="tickets_analysisversion_once", fields=["analysis", "number"]),
            models.CheckConstraint(
                name="tickets_analysisversion_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None) | Q(withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.analysis_id} · {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only once: what customers have read is not written anew."""
        if self.pk is not None:
            raise TypeError("a published version never changes")
        super().save(*args, **kwargs)


class AnalysisQuestion(models.Model):
    """A customer asks about a published analysis; our answer stands below it, for everybody who reads the analysis."""

    analysis = models.ForeignKey(
        RootCauseAnalysis, on_delete=models.CASCADE, related_name="questions", verbose_name=_("analysis")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    body = models.TextField(_("question"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = _person(_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="tickets_analysisquestion_says_something", condition=~Q(body="")),
            models.CheckConstraint(
                name="tickets_analysisquestion_answered_by_somebody",
                condition=Q(answer="", answered_at=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.body[:40]


class AnalysisVerdict(models.Model):
    """The customer accepts or disputes a published version, once. `question` holds the reason of a dispute."""

    version = models.OneToOneField(
        AnalysisVersion, on_delete=models.CASCADE, related_name="verdict", verbose_name=_("version")
    )
    verdict = models.CharField(_("decision"), max_length=8, choices=Verdict.choices)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    given_at = models.DateTimeField(_("decided on"))
    question = models.OneToOneField(
        AnalysisQuestion, on_delete=models.PROTECT, null=True, related_name="dispute", verbose_name=_("reason")
    )

    class Meta:
        verbose_name = _("decision of the customer")
        verbose_name_plural = _("decisions of customers")
        constraints = [
            models.CheckConstraint(
                name="tickets_analysisverdict_disputed_says_why",
                condition=Q(verdict=Verdict.ACCEPTED, question=None)
                | Q(verdict=Verdict.DISPUTED, question__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.get_verdict_display()}"
