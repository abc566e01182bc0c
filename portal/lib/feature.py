"""What a room declares about itself, and hooks: how core calls rooms without knowing them.

Each room fills one `Feature` in its feature.py; portal/features.py lists all of them and plugs them in at start.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Misdeclared(Exception):
    """A room declares something that cannot be plugged in: the site does not start. The message says what to change."""


class Slot(Generic[T]):
    """A list of core to which rooms add, in the order of portal/features.py; `name` says what it holds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: list[T] = []

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def gets(self, item: T) -> "Registration":
        return Registration(self, item)

    def fill(self, items: Sequence[T]) -> None:
        self._items = list(items)


class Hook(Slot[Callable[P, object]], Generic[P]):
    """A point in an act of core at which rooms may add something, in the act's transaction, in the order of the list.

    `shape` is a function with the parameters that every function called here takes. A DomainError undoes the act.
    """

    def __init__(self, shape: Callable[P, object]) -> None:
        super().__init__(f"{shape.__module__}.{shape.__qualname__}")
        self.__doc__ = shape.__doc__
        self._parameters = _parameters(shape)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self:
            function(*args, **kwargs)

    def calls(self, function: Callable[P, object]) -> "Registration":
        """For a room's Feature. Raises Misdeclared when `function` takes other parameters than the hook passes."""
        if (found := _parameters(function)) != self._parameters:
            raise Misdeclared(
                f"{function.__module__}.{function.__qualname__} takes ({', '.join(found)}), but the hook {self.name} "
                f"passes ({', '.join(self._parameters)}): change the function's parameters."
            )
        return self.gets(function)


@dataclass(frozen=True)
class Registration:
    """`what` (a function of a hook, an item of a slot) goes into `place`."""

    place: Slot[Any]
    what: Any


@dataclass(frozen=True)
class Job:
    """A periodic job: `sentence` says what it is for, `task` is the name of its Celery task in the room's tasks.py."""

    sentence: str
    task: str
    every: timedelta

    @property
    def expires(self) -> float:
        """Seconds after which an unstarted run is dropped: before the next one, so that a slow worker has no queue.

        A job of a few seconds gets its whole period: a message alone takes a second on a busy machine.
        """
        seconds = self.every.total_seconds()
        return seconds if seconds < 5 else seconds - min(max(1, seconds / 10), 100)


@dataclass(frozen=True, kw_only=True)
class Feature:
    """
    A room, by its import path, and what it adds to the site.

    `registers` names modules of the room that register something when they are imported, such as what its mails say.
    """

    room: str
    hooks: Sequence[Registration] = field(default_factory=tuple)
    jobs: Sequence[Job] = field(default_factory=tuple)
    registers: Sequence[str] = field(default_factory=tuple)


def plug_in(features: Sequence[Feature]) -> None:
    """Fill the hooks and import what registers itself. Raises Misdeclared before anything is done.

    Calling it again changes nothing.
    """
    _refuse_doubles("room", [feature.room for feature in features])
    _refuse_doubles("job", [job.task for feature in features for job in feature.jobs])
    registrations = [registration for feature in features for registration in feature.hooks]
    for place in {id(one.place): one.place for one in registrations}.values():
        place.fill([one.what for one in registrations if one.place is place])
    for feature in features:
        for module in feature.registers:
            import_module(f"{feature.room}.{module}")


def _refuse_doubles(what: str, names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Misdeclared(f"The {what} {', '.join(twice)} is listed twice in portal/features.py: remove one entry.")


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)
