"""Contacts from a table: every row goes through the same verbs as a single invitation, and all of them or none."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.contacts import invite, regions_of
from accounts.core.enums import ContactRole
from accounts.core.models import Account, Region, User
from accounts.seats.domain.seats import nominate
from portal.lib.errors import DomainError
from portal.lib.typed import within

MOST_BYTES = 256 * 1024
MOST_ROWS = 200
LONGEST_CELL = 300
REQUIRED = ("email", "name")
COLUMNS = (*REQUIRED, "language", "role", "region", "seat")
YES = frozenset({"yes", "oui", "1", "true"})
NO = frozenset({"", "no", "non", "0", "false"})


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the table: its number as spreadsheets count, and why it cannot be taken (empty: it can)."""

    number: int
    email: str
    name: str
    wants_seat: bool
    error: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a table. `stored` is False for a trial, and when any row has an error."""

    lines: list[ImportRow]
    stored: bool

    @property
    def errors(self) -> list[ImportRow]:
        return [line for line in self.lines if line.error]


def text_of(data: bytes) -> str:
    """The text of an uploaded file. Raises DomainError for one that is too long or no text in UTF-8."""
    if len(data) > MOST_BYTES:
        raise DomainError(
            _("The file is larger than %(size)s kB. Send it in parts.") % {"size": MOST_BYTES // 1024},
            code="too_large", field="file",
        )  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError(
            _("This file is not a UTF-8 text. Save the table as “CSV UTF-8” and choose it again."),
            code="bad_encoding", field="file",
        ) from None  # fmt: skip


def import_contacts(account: Account, text: str, *, by: User, now: datetime, trial: bool) -> Outcome:
    """Invite everybody in the table `text`, and nominate those who shall hold a seat; with `trial`, only find out.

    All or nothing: one row that cannot be taken keeps the others out too, so that the corrected table can be sent
    again as it is. Raises DomainError when it is no table with the columns that are needed.
    """
    rows = _rows(text)
    regions = {region.code: region for region in regions_of(account)}
    with transaction.atomic():
        # The account first (lock order): seats are counted once, however many tables come at once.
        account = Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=account.pk)
        lines = [_read_row(account, number, row, regions, by=by, now=now) for number, row in rows]
        stored = not trial and not any(line.error for line in lines)
        if not stored:
            transaction.set_rollback(True)
    return Outcome(lines, stored)


def _read_row(
    account: Account, number: int, row: dict[str, str], regions: dict[str, Region], *, by: User, now: datetime
) -> ImportRow:
    wants_seat, error = row["seat"].lower() in YES, ""
    try:
        with transaction.atomic():
            _one(account, row, regions, by=by, now=now)
    except DomainError as refusal:
        error = str(refusal)
    return ImportRow(number, row["email"], row["name"], wants_seat, error)


def _one(account: Account, row: dict[str, str], regions: dict[str, Region], *, by: User, now: datetime) -> None:
    language, role, seat = row["language"].lower() or "en", row["role"].lower() or "member", row["seat"].lower()
    for name, cell in row.items():
        within(cell, most=LONGEST_CELL, field=name)
    if language not in {"en", "fr"}:
        raise DomainError(_("Enter the language as en or fr."), code="bad_language")
    if role not in ContactRole.values:
        raise DomainError(_("Enter the role as admin or member."), code="bad_role")
    if seat not in YES | NO:
        raise DomainError(_("Enter yes or no under seat."), code="bad_seat")
    if row["region"] and row["region"] not in regions:
        raise DomainError(
            _("Enter one of these regions: %(codes)s.") % {"codes": ", ".join(sorted(regions))}, code="foreign_region"
        )
    region = regions.get(row["region"])
    contact = invite(
        account, email=row["email"], name=row["name"][:120], language=language, role=ContactRole(role), region=region,
        by=by, now=now,
    )  # fmt: skip
    if seat in YES:
        nominate(contact, region=region, by=by, now=now)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """The rows that say something, by the names of their columns. A column that we do not know is refused by name."""
    if "\x00" in text or len(text) > MOST_BYTES:
        raise DomainError(_("This file is not a text table."), code="not_text", field="text")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise DomainError(_("This file is not a text table."), code="not_text", field="text") from None
    unknown = sorted(set(head) - set(COLUMNS))
    missing = [name for name in REQUIRED if name not in head]
    if missing or unknown or len(set(head)) != len(head):
        raise DomainError(
            _("The first line names the columns: email, name and, optionally, %(more)s. Remove other columns.")
            % {"more": ", ".join(COLUMNS[2:])},
            code="bad_columns", field="text",
        )  # fmt: skip
    if not rows:
        raise DomainError(_("The table has no rows after the first line."), code="empty", field="text")
    if len(rows) > MOST_ROWS:
        raise DomainError(
            _("You can send %(count)s rows at once.") % {"count": MOST_ROWS}, code="too_many", field="text"
        )
    empty = dict.fromkeys(COLUMNS, "")
    return [
        (number, empty | {name: cell.strip() for name, cell in zip(head, row, strict=False)}) for number, row in rows
    ]
