"""A box on a page of the desk: what it is called, the first of what is in it, and what is said when that is nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.functional import Promise

logger = logging.getLogger(__name__)
# A box shows so many; the page behind it has them all.
MOST = 5


@dataclass(frozen=True)
class Item:
    """One line: words that lead to `url` (empty: nowhere), and quieter ones beside them."""

    words: str
    url: str = ""
    facts: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Box:
    """`count` stands beside the title; None where a figure says nothing. `url` leads to the whole list."""

    name: str
    title: str | Promise
    empty: str | Promise
    items: Sequence[Item] = field(default_factory=list)
    count: int | None = None
    url: str = ""
    failed: bool = False


def filled(functions: Sequence[Callable[..., Box | None]], *args: Any) -> list[Box]:
    """What each of `functions` makes of `args`; None leaves a box out.

    One that the database refuses says so under its own name, and the others stand.
    """
    boxes = []
    for function in functions:
        name = function.__name__
        try:
            box = function(*args)
        except DatabaseError:
            if transaction.get_connection().in_atomic_block:
                raise  # nothing else could be read in this transaction either
            logger.exception("box.failed", extra={"box": name})
            box = Box(name, name.replace("_", " ").capitalize(), "", failed=True)
        if box is not None:
            boxes.append(box)
    return boxes
