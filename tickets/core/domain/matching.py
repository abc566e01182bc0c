"""The best match for a ticket: a pure function over the agents who could take it. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

# What a fitting criterion is worth, in open tickets: whoever covers the region may have four more than the others.
ON_NOW = 6
REGION = 4
PRODUCT = 3
# An open ticket that is due within a day weighs as much as so many others.
DUE_SOON = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who speaks the language and is there in time.

    `open_tickets` are all that are theirs and live, `due_soon` those of them that are due within a day.
    """

    pk: int
    on_now: bool
    region: bool
    product: bool
    open_tickets: int
    due_soon: int

    @property
    def load(self) -> int:
        return self.open_tickets + (DUE_SOON - 1) * self.due_soon

    @property
    def points(self) -> int:
        return ON_NOW * self.on_now + REGION * self.region + PRODUCT * self.product - self.load


def best(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate with the most points; of equals the one with the fewer tickets, then the lowest key."""
    return min(candidates, key=lambda one: (-one.points, one.load, one.pk), default=None)
