"""What people typed, in the form in which it is stored: no NUL, one kind of line break, nothing around it."""


def as_text(typed: str) -> str:
    """Several lines as they were written."""
    return typed.replace("\x00", "").replace("\r\n", "\n").strip()


def as_line(typed: str) -> str:
    """One line: whatever stood between the words is a single space."""
    return " ".join(typed.replace("\x00", "").split())
