"""The text of an analysis as a form sends it. What may stand in it is the business of the verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from portal.lib.errors import DomainError, Stale
from tickets.analyses.domain.texts import MOST_ACTIONS, REQUIRED
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.enums import Section

# Rows to write into, beyond those that are filled.
EMPTY_ROWS = 2


@dataclass
class DraftForm:
    """Sections, actions and the revision that the page was drawn from."""

    sections: dict[str, str]
    actions: list[dict[str, str]]
    seen: int | None

    @classmethod
    def read(cls, values: Any) -> Self:
        """From what was posted."""
        columns = [values.getlist(f"action_{name}")[: MOST_ACTIONS + EMPTY_ROWS] for name in ("what", "owner", "on")]
        rows = [dict(zip(("what", "owner", "on"), row, strict=True)) for row in zip(*columns, strict=False)]
        seen = values.get("seen", "")
        return cls(
            sections={section.value: values.get(section.value, "") for section in Section},
            actions=[row for row in rows if any(text.strip() for text in row.values())],
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        )

    @classmethod
    def of(cls, analysis: RootCauseAnalysis) -> Self:
        return cls(dict(analysis.sections), list(analysis.actions), analysis.revision)

    def again(self, analysis: RootCauseAnalysis, refusal: DomainError) -> Self:
        """After a refusal: who was shown what somebody else saved may decide to save over it."""
        if isinstance(refusal, Stale):
            self.seen = RootCauseAnalysis.objects.values_list("revision", flat=True).get(pk=analysis.pk)
        return self

    @property
    def fields(self) -> list[Mapping[str, Any]]:
        return [
            {
                "name": section.value,
                "label": section.label,
                "text": self.sections.get(section.value, ""),
                "required": section in REQUIRED,
            }
            for section in Section
        ]

    @property
    def rows(self) -> list[dict[str, str]]:
        return [*self.actions, *({"what": "", "owner": "", "on": ""} for _row in range(EMPTY_ROWS))]
