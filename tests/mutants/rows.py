"""Faults of the permission table: each row one step wider, and one step narrower."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.lib.access import (
    ACCOUNT_ADMINS,
    ADMINISTRATORS,
    CUSTOMERS,
    EVERYBODY,
    LEADS,
    NOBODY,
    SIGNED_IN,
    STAFF,
    Rights,
    Roles,
    Rule,
)
from portal.lib.permissions import API, DESK, DESK_PAGES, PAGES, TABLE
from tests.mutants.lines import test_files
from tests.mutants.targets import PERMISSIONS, ROOT

# The steps by which somebody would widen a row: of the portal, and of the desk.
PORTAL = [NOBODY, ACCOUNT_ADMINS, CUSTOMERS, CUSTOMERS | STAFF, SIGNED_IN, EVERYBODY]
STEPS = {True: [NOBODY, ADMINISTRATORS, LEADS, STAFF, STAFF | CUSTOMERS, SIGNED_IN, EVERYBODY], False: PORTAL}


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """One cell of the table with other roles."""

    row: str  # a route, or the model of the desk
    cell: str  # a method, or a right
    before: Roles
    after: Roles

    app = "permissions"
    kind = "row"
    file = PERMISSIONS
    text = ""

    @property
    def place(self) -> str:
        return f"{self.cell} {self.row}"

    @property
    def change(self) -> str:
        gone, more = sorted(self.before - self.after), sorted(self.after - self.before)
        return " ".join([*(f"+{role}" for role in more), *(f"-{role}" for role in gone)])

    def apply(self) -> None:
        """Change the very dictionaries that the product reads."""
        if self.row in DESK:
            DESK[self.row] = DESK[self.row]._replace(**{self.cell: self.after})
        else:
            TABLE[self.row][self.cell] = self.after


def around(who: Roles, *, desk: bool) -> Iterator[Roles]:
    """The next wider and the next narrower set of roles."""
    steps = STEPS[desk]
    wider = [step for step in steps if step > who]
    narrower = [step for step in steps if step < who]
    yield from wider[:1]
    yield from narrower[-1:]


def row_faults() -> list[RowFault]:
    tables: list[tuple[dict[str, Rule], bool]] = [(PAGES, False), (DESK_PAGES, True), (API, False)]
    found = []
    for table, desk in tables:
        for row, rule in table.items():
            # A row that opens to nobody has no method of its own: somebody would let staff look.
            for cell, who in (rule or {"GET": NOBODY}).items():
                is_desk = desk or who <= STAFF and who != NOBODY
                steps = around(who, desk=is_desk)
                found += [RowFault(row=row, cell=cell, before=who, after=after) for after in steps]
    for row, rights in DESK.items():
        for cell in Rights._fields:
            who = getattr(rights, cell)
            found += [RowFault(row=row, cell=cell, before=who, after=after) for after in around(who, desk=True)]
    return found


def witnesses(names: list[str]) -> list[str]:
    """The tests that look at the table: those whose file imports it."""
    files = {name for name in test_files() if "portal.lib.permissions" in (ROOT / name).read_text()}
    return [name for name in names if name.split("::", 1)[0] in files]
