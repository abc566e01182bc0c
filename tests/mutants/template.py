"""The migrated database of an earlier run, so that neither this run nor its processes migrate one anew."""

import hashlib
import os
import shutil
from pathlib import Path

from tests.mutants.lines import CACHE
from tests.mutants.targets import ROOT

# As tests/databases.py calls them.
FILES = ["migrated.sqlite3"]
DONE = "migrated.done"


def kept() -> Path:
    """Where the database of just these migrations is kept."""
    words = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        words.update(path.name.encode() + path.read_bytes())
    return CACHE / "template" / words.hexdigest()[:20]


def restore() -> None:
    """Give it to the run that begins; without one it migrates."""
    if (kept() / DONE).exists():
        for name in [*FILES, DONE]:
            shutil.copy(kept() / name, Path(os.environ["VAR_DIR"]) / name)


def keep() -> None:
    if not (kept() / DONE).exists():
        kept().mkdir(parents=True, exist_ok=True)
        for name in [*FILES, DONE]:
            shutil.copy(Path(os.environ["VAR_DIR"]) / name, kept() / name)
