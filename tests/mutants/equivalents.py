"""Faults that change nothing anybody could see, each with the reason; read from equivalent.txt.

An entry is found by its file, the words of its line and the change, so that it stays when lines move. An entry that
fits no fault any more is an error: what it spoke of has changed.
"""

from pathlib import Path

from tests.mutants.faults import Fault
from tests.mutants.rows import RowFault

PATH = Path(__file__).with_name("equivalent.txt")
Key = tuple[str, str, str]


def key_of(fault: Fault | RowFault) -> Key:
    return fault.file, fault.text or fault.place, fault.change


def read(text: str) -> dict[Key, str]:
    """Entries are lines `file :: line of the source :: change`, then the reason that they share, indented."""
    found: dict[Key, str] = {}
    entries: list[Key] = []  # they share the reason that follows
    reason = False
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            found.update({key: f"{found[key]} {line.strip()}".strip() for key in entries})
        else:
            parts = line.split(" :: ")
            if len(parts) != 3:
                raise ValueError(f"{PATH.name}: this line has not three parts: {line}")
            key = (parts[0], parts[1], parts[2])
            entries = [key] if reason else [*entries, key]
            found[key] = ""
        reason = line.startswith(" ")
    if without := [key for key, reason in found.items() if not reason]:
        raise ValueError(f"{PATH.name}: no reason is given for {without}")
    return found


def reviewed() -> dict[Key, str]:
    return read(PATH.read_text())
