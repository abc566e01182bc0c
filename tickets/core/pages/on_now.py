"""Who answers now, for customers: languages and cities, never names. For the home, help and new-ticket pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from portal.lib.names import language_name
from sla.coverage.domain.duty import Coverage, OnNow, Opening, coverage_now
from sla.coverage.domain.on_call import OnCall


@dataclass(frozen=True)
class Spoken:
    """One language: where it is answered now, and by whom next. `opening` None while it is, or with nobody in sight."""

    code: str
    name: str
    now: list[OnNow]
    then: Opening | None
    opening: Opening | None
    # Where an agent is on call, while nobody who speaks it is on anywhere.
    on_call: list[OnCall]


def on_now(user: User, *, now: datetime, coverage: Coverage | None = None) -> dict[str, Any]:
    """What `portal/_on_now.html` shows: English, which is answered around the clock, and the reader's own language."""
    coverage = coverage or coverage_now(now)
    return {"spoken": [_spoken(code, coverage) for code in dict.fromkeys(("en", user.language))], "now": now}


def _spoken(code: str, coverage: Coverage) -> Spoken:
    rows = coverage.on_now(code)
    return Spoken(
        code=code,
        name=language_name(code),
        now=rows,
        then=coverage.hand_over(code),
        opening=None if rows else coverage.next_opening(code),
        on_call=[] if rows else coverage.on_call(code),
    )
