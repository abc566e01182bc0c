"""A core of three rules and a limit, on which the search for faults is tried itself."""

# Read at import: a fault in it is tried in a process of its own.
LIMIT = 10


def is_late(now: int, due: int) -> bool:
    return now > due


def is_long(text: str) -> bool:
    return len(text) > LIMIT


def is_early(now: int, due: int) -> bool:
    return now < due


def never_called(now: int) -> int:
    return now + 1
