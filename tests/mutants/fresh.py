"""A plugin of pytest for faults in what runs at import: a process of its own that imports the file with the fault.

MUTANT_FILE names the file, MUTANT_SOURCE where its text with the fault is.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path

from tests.mutants import template
from tests.mutants.targets import ROOT

FILE = os.environ["MUTANT_FILE"]
MODULE = FILE.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Loader(importlib.machinery.SourceFileLoader):
    """Ignores what stands compiled on disk, and compiles the text with the fault."""

    def get_code(self, fullname: str) -> types.CodeType:
        text = Path(os.environ["MUTANT_SOURCE"]).read_text()
        return compile(text, str(ROOT / FILE), "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != MODULE:
            return None
        loader = Loader(fullname, str(ROOT / FILE))
        return importlib.util.spec_from_file_location(fullname, ROOT / FILE, loader=loader)


if MODULE in sys.modules:
    sys.exit(f"{MODULE} is loaded already: the fault would not be in it.")
sys.meta_path.insert(0, Finder())


template.restore()
