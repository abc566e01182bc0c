"""Runs a scene and says which acts happened in it, and who was told what."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from portal.features import packages_with_tasks
from portal.lib.notice import Notice

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "sla", "tickets")


def acts() -> set[str]:
    """Every act of the product: the public functions of the domain that are one transaction at one moment, and every
    function that a job of beat calls with the time.
    """
    return {*_in_one_transaction(), *_of_jobs()}


def _in_one_transaction() -> Iterator[str]:
    for app in APPS:
        for file in sorted(file for file in (ROOT / app).rglob("*.py") if "domain" in (file.stem, *file.parts)):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(file.read_text()).body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                parameters = {parameter.arg for parameter in (*node.args.args, *node.args.kwonlyargs)}
                if "now" in parameters and any("atomic" in ast.unparse(line) for line in node.decorator_list):
                    yield f"{module}.{node.name}"


def _of_jobs() -> Iterator[str]:
    for room in packages_with_tasks():
        tasks = importlib.import_module(f"{room}.tasks")
        for node in ast.walk(ast.parse(Path(tasks.__file__ or "").read_text())):
            if isinstance(node, ast.Call) and any(word.arg == "now" for word in node.keywords):
                function: Any = tasks
                for part in ast.unparse(node.func).split("."):
                    function = getattr(function, part)
                if function.__module__.split(".")[0] in APPS:
                    yield f"{function.__module__}.{function.__name__}"


@contextmanager
def watched() -> Iterator[set[str]]:
    """The acts that are called inside: each function is replaced wherever a module of ours has a name for it."""
    called: set[str] = set()
    originals = {_function(act): act for act in acts()}
    modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] in (*APPS, "portal", "tests")]
    places = [
        (module, name, function)
        for module in modules
        for name, function in list(vars(module).items())
        if inspect.isfunction(function) and function in originals
    ]
    for module, name, function in places:
        setattr(module, name, _noting(function, originals[function], called))
    try:
        yield called
    finally:
        for module, name, function in places:
            setattr(module, name, function)


def _function(act: str) -> Callable[..., Any]:
    module, name = act.rsplit(".", 1)
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _noting(function: Callable[..., Any], act: str, called: set[str]) -> Callable[..., Any]:
    @wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        called.add(act)
        return function(*args, **kwargs)

    return noted


def told_since(last: int) -> list[tuple[str, str]]:
    """(kind of mail, first name of the reader) of every notice after the one with this key."""
    rows = Notice.objects.filter(pk__gt=last).values_list("kind", "recipient__email")
    return sorted({(kind, address.split("@")[0]) for kind, address in rows})


def last_notice() -> int:
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
