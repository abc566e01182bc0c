"""The lock of an analysis: its ticket first, then its own row, as everywhere."""

from django.utils.translation import gettext as _

from portal.lib.errors import Stale
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.domain.locking import locked
from tickets.core.enums import AnalysisState


class Elsewhere(Stale):
    """The analysis is not where this act begins: somebody moved it on meanwhile."""

    code = "wrong_state"


def locked_in_state(analysis: RootCauseAnalysis, *states: AnalysisState, seen: int | None = None) -> RootCauseAnalysis:
    """The analysis as it stands now, held until the transaction ends, when it is in one of `states`.

    `seen` is the revision that the actor decided on. Raises Elsewhere, or Stale when it was changed since.
    """
    ticket = locked(analysis.ticket)
    rows = RootCauseAnalysis.objects.select_related("author", "reviewer", "approver")
    # First the lock, then the rows: PostgreSQL gives a statement that waited the joined rows of before.
    RootCauseAnalysis.objects.select_for_update().values("pk").get(pk=analysis.pk)
    found = rows.get(pk=analysis.pk)
    found.ticket = ticket
    if states and found.state not in states:
        raise Elsewhere(
            _("The status of the analysis has changed to “%(state)s”. Reload the page.")
            % {"state": found.get_state_display()}
        )
    if seen is not None and seen != found.revision:
        raise Stale(_("Somebody else has changed the analysis. Read the current version."))
    return found


def save(analysis: RootCauseAnalysis) -> None:
    """Store what a verb wrote; the revision rises."""
    analysis.revision += 1
    analysis.save()
