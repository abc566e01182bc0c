"""`manage.py check_messages`: every text that people read is in the French catalogue, translated and up to date."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

CATALOGUE = Path("portal/locale/fr/LC_MESSAGES/django.po")
SOURCES = ["portal", "tickets", "sla", "accounts", "templates", "static"]
NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.po", "*.mo")
SHOWN = 20


class Command(BaseCommand):
    help = "Fails on texts that are missing, untranslated, fuzzy or left over in the French catalogue."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if shutil.which("xgettext") is None:
            self.stdout.write("messages: not checked, gettext is not installed")
            return
        kept = _read(settings.BASE_DIR / CATALOGUE) if (settings.BASE_DIR / CATALOGUE).exists() else Catalog()
        faults = compare(extracted(settings.BASE_DIR), kept)
        if faults:
            more = [f"… and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
            raise CommandError("\n  ".join([f"{len(faults)} faults in {CATALOGUE}:", *faults[:SHOWN], *more]))
        self.stdout.write("messages: every text is translated")


def compare(source: Catalog, kept: Catalog) -> list[str]:
    """What differs between the texts in the code and those in the catalogue, one line each."""
    wanted, present = _entries(source), _entries(kept)
    faults = [f"missing, run make messages: {text}" for text in _names(wanted.keys() - present.keys())]
    faults += [f"no longer used, run make messages: {text}" for text in _names(present.keys() - wanted.keys())]
    for key in wanted.keys() & present.keys():
        entry = present[key]
        if entry.fuzzy:
            faults.append(f"fuzzy: {_name(key)}")
        elif not all(entry.string if isinstance(entry.string, list | tuple) else [entry.string]):
            faults.append(f"untranslated: {_name(key)}")
        else:
            faults += [f"{error}: {_name(key)}" for error in entry.check(kept)]
    return sorted(faults)


def extracted(root: Path) -> Catalog:
    """The texts marked in the code, read in a copy of it so that the catalogue itself stays as it is."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in SOURCES:
            if (root / folder).exists():
                shutil.copytree(root / folder, copy / folder, ignore=NO_SOURCE)
        shutil.copy(root / "manage.py", copy)
        (copy / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "manage.py", "makemessages", "-l", "fr", "--no-wrap", "--add-location", "file"]
        made = subprocess.run(command, cwd=copy, check=False, capture_output=True, text=True)
        if made.returncode:
            raise CommandError(f"The texts can't be read: {(made.stderr or made.stdout).strip()}")
        return _read(copy / CATALOGUE) if (copy / CATALOGUE).exists() else Catalog()


Key = tuple[str | None, str]


def _read(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale="fr", abort_invalid=True)


def _entries(catalogue: Catalog) -> dict[Key, Message]:
    return {
        (entry.context, entry.id[0] if isinstance(entry.id, list | tuple) else entry.id): entry
        for entry in catalogue
        if entry.id
    }


def _names(keys: set[Key]) -> list[str]:
    return [_name(key) for key in keys]


def _name(key: Key) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)
