"""Compiles the translations (.po → .mo) without gettext's programs, which a fresh machine may not have."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(locale_folders: Iterable[Path]) -> list[Path]:
    """Write each .mo file that is missing or older than its .po file; return those written.

    Several processes may do this at once: each file is put in place whole.
    """
    written = []
    for folder in locale_folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as lines:
                catalogue = read_po(lines, locale=source.parent.parent.name)
            with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as half:
                write_mo(half, catalogue)
            Path(half.name).chmod(0o644)
            os.replace(half.name, target)
            written.append(target)
    return written
