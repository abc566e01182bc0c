"""Loads every module of a package: for packages whose modules register something when they are imported."""

import importlib
import pkgutil
from types import ModuleType


def load_all(package: ModuleType) -> list[ModuleType]:
    """The modules directly inside `package`, imported, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]
