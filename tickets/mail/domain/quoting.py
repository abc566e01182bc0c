"""Where an answer ends and what it answers begins. The cut-off part is kept, never thrown away."""

import re
from functools import cache
from typing import NamedTuple

from mailparser_reply import EmailReplyParser

from portal.lib.mail import ANSWER_ABOVE

# The first line of every mail of ours that can be answered: whatever stands below it was written by us.
REPLY_MARKER = ANSWER_ABOVE

# The library's patterns are kept away from long texts: it sees single lines that look like the header of a quote.
MOST_LINE = 400
MOST_LINES = 20_000

_MARKER_WORDS = tuple(marker.strip("— ").lower() for marker in REPLY_MARKER.values())
_WROTE = re.compile(
    r"\b(?:wrote|a écrit|escribió|schrieb|ha scritto|escreveu)\s*[:：]?\s*$"
    r"|(?:のメール|さんは書きました)\s*[:：]\s*$",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"[>\s]*(?:on\b|le\b|el\b|am\b|il\b|em\b|\d{4}年|\d{4}[-/]\d)", re.IGNORECASE)
_FIELD = re.compile(r"[>\s*]*(?:from|de|von|差出人)\s*\*?\s*[:：]\*?\s*\S", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"[>\s*]*(?:sent|date|to|envoyé|envoyé le|à|objet|subject|cc|gesendet|an|送信日時|宛先|件名)\s*\*?\s*[:：]",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"[>\s]*-{3,}\s*(?:original message|message d[’']origine|message original|ursprüngliche nachricht)\s*-{3,}\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"\s*(?:fwd?|tr|wg|i)\s*:", re.IGNORECASE)


class Split(NamedTuple):
    """`text`: what the sender wrote. `quote`: what stands below it and repeats older mails."""

    text: str
    quote: str


def is_forwarded(subject: str) -> bool:
    """The subject says that somebody else's mail is passed on: there the quote is the message."""
    return bool(_FORWARDED.match(subject))


def split(body: str, *, subject: str = "") -> Split:
    """Cut what is quoted off the end of `body`.

    First at our own line, which no client changes; then where a client's header for a quote stands; then trailing
    lines that begin with `>`. An answer below or between the quoted lines is not cut apart.
    """
    lines = join_wrapped(body.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES])
    if is_forwarded(subject):
        return Split("\n".join(lines).strip(), "")
    if below := _below(lines):
        return below
    marked = next((n for n, line in enumerate(lines) if _is_marker(line)), None)
    above = lines if marked is None else lines[:marked]
    cut = _cut(above)
    text, quote = "\n".join(above[:cut]).strip(), "\n".join([*above[cut:], *lines[len(above) :]]).strip()
    return Split(text, quote)


def join_wrapped(lines: list[str]) -> list[str]:
    """`Le lun. 9 nov. 2026 à 10:12, Punctual <…>` + `a écrit :` as one line, as the client meant it."""
    joined: list[str] = []
    for line in lines:
        whole = f"{joined[-1].rstrip()} {line.lstrip('> ')}" if joined else ""
        two = f"{joined[-2].rstrip()} {joined[-1].strip()} {line.lstrip('> ')}" if len(joined) > 1 else ""
        if not line.strip() or len(line) > MOST_LINE or _BEGINS.match(line) or not joined:
            joined.append(line)
        elif _BEGINS.match(joined[-1]) and len(whole) < MOST_LINE and _WROTE.search(whole):
            joined[-1] = whole
        elif two and joined[-1].strip() and _BEGINS.match(joined[-2]) and len(two) < MOST_LINE and _WROTE.search(two):
            joined[-2:] = [two]
        else:
            joined.append(line)
    return joined


def _is_marker(line: str) -> bool:
    return len(line) < 200 and line.strip("> —-–*_\t").lower() in _MARKER_WORDS


def _cut(lines: list[str]) -> int:
    """The number of the line at which the quote begins; the number of lines when nothing is quoted."""
    for number, line in enumerate(lines):
        if len(line) > MOST_LINE:
            continue
        follows = lines[number + 1 : number + 4]
        if _SEPARATOR.fullmatch(line):
            return number
        if _FIELD.match(line) and sum(bool(_NEXT_FIELD.match(next_line[:MOST_LINE])) for next_line in follows) >= 2:
            return _above_rule(lines, number)
        if _is_header(line) and (_quoted_below(lines, number) or _library_says(lines, number)):
            # Words below an unquoted header are the older mail, too.
            return number if not _answers_below(lines, number) else len(lines)
    return _trailing(lines)


def _is_header(line: str) -> bool:
    """Somebody wrote at some moment: a sentence of a person seldom names the date."""
    return bool(_WROTE.search(line) and _BEGINS.match(line) and re.search(r"\d", line))


def _above_rule(lines: list[str], number: int) -> int:
    """Outlook draws a line above the header of the quote."""
    before = number - 1
    while before > 0 and not lines[before].strip():
        before -= 1
    return before if before >= 0 and re.fullmatch(r"[_\-]{5,200}", lines[before].strip()[:201]) else number


def _quoted_below(lines: list[str], number: int) -> bool:
    below = [line for line in lines[number + 1 : number + 6] if line.strip()]
    return bool(below) and below[0].lstrip().startswith(">")


def _answers_below(lines: list[str], number: int) -> bool:
    """There are words between or below the quoted lines: the sender answered there."""
    below = lines[number + 1 :]
    if not any(line.lstrip().startswith(">") for line in below):
        return False
    return any(line.strip() and not line.lstrip().startswith(">") and not _is_signature(line) for line in below)


def _is_signature(line: str) -> bool:
    return line.strip() in {"--", "—"} or bool(
        re.match(r"\s*(?:sent from|envoyé de|envoyé depuis)", line[:80], re.IGNORECASE)
    )


def _trailing(lines: list[str]) -> int:
    """The lines at the very end that are quoted."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    quoted = any(line.lstrip().startswith(">") for line in lines[end:])
    above = any(line.lstrip().startswith(">") for line in lines[:end])
    return end if quoted and not above else len(lines)


def _below(lines: list[str]) -> Split | None:
    """The answer stands below what it answers: the quoted lines on top are the quote."""
    number = 0
    header = True
    while number < len(lines):
        line = lines[number]
        quoted = line.lstrip().startswith(">") or not line.strip() or _is_marker(line)
        if not quoted and not (header and _WROTE.search(line[:MOST_LINE])):
            break
        header = header and not line.lstrip().startswith(">")
        number += 1
    text = "\n".join(lines[number:]).strip()
    quoted, between = (any(line.lstrip().startswith(">") for line in some) for some in (lines[:number], lines[number:]))
    if not text or not quoted or between:
        return None
    return Split(text, "\n".join(lines[:number]).strip())


@cache
def _parser() -> EmailReplyParser:
    return EmailReplyParser(languages=["en", "fr", "de", "es", "it", "ja"])


def _library_says(lines: list[str], number: int) -> bool:
    """Whether mail-parser-reply, too, takes this line for the header of a quote."""
    return len(_parser().read(f"Hello\n\n{lines[number][:MOST_LINE]}\n\nHello").replies) > 1
