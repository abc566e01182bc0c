"""What an analysis says: its sections, its actions, and what is still missing before others may read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.lib.errors import DomainError
from portal.lib.text import MAX_MARKDOWN
from portal.lib.typed import as_line, as_text
from tickets.core.enums import Section

# Nothing goes to review or to the customer without them; prevention may be the actions themselves.
REQUIRED = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.CAUSE, Section.DONE)
ACTIONS = "actions"
MOST_ACTIONS, LONGEST_ACTION, LONGEST_OWNER = 30, 500, 80


@dataclass(frozen=True)
class Action:
    """Something that we will do."""

    what: str
    owner: str
    on: date | None


class Incomplete(DomainError):
    """Required parts are empty; `metadata["missing"]` names them as the editor's anchors do."""

    code = "incomplete"


def clean_sections(values: Mapping[str, str]) -> dict[str, str]:
    """Known sections with their text. Raises DomainError for one that would not be rendered whole."""
    cleaned = {}
    for section in Section:
        text = as_text(values.get(section.value, ""))
        if len(text) > MAX_MARKDOWN:
            raise DomainError(
                _("“%(section)s” can have %(limit)d characters; it has %(length)d.")
                % {"section": section.label, "limit": MAX_MARKDOWN, "length": len(text)},
                code="too_long", field=section.value,
            )  # fmt: skip
        if text:
            cleaned[section.value] = text
    return cleaned


def clean_actions(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """What is still to do, each with its owner and day; empty rows fall away."""
    cleaned = []
    for row in rows:
        action = {name: as_line(row.get(name, "")) for name in ("what", "owner", "on")}
        if not any(action.values()):
            continue
        if len(action["what"]) > LONGEST_ACTION or len(action["owner"]) > LONGEST_OWNER:
            raise DomainError(
                _("Each action can have %(what)d characters, and its assignee %(owner)d.")
                % {"what": LONGEST_ACTION, "owner": LONGEST_OWNER},
                code="too_long", field=ACTIONS,
            )  # fmt: skip
        if action["on"] and not _is_day(action["on"]):
            raise DomainError(_("Enter a valid date for each action."), code="bad_day", field=ACTIONS)
        cleaned.append(action)
    if len(cleaned) > MOST_ACTIONS:
        raise DomainError(
            _("An analysis can have %(limit)d actions.") % {"limit": MOST_ACTIONS}, code="too_long", field=ACTIONS
        )
    return cleaned


def missing(sections: Mapping[str, str], actions: list[dict[str, str]]) -> list[str]:
    """The required parts that are empty; the actions count as one, and each needs its owner and day."""
    found = [section.value for section in REQUIRED if not sections.get(section.value)]
    if not actions or not all(action["what"] and action["owner"] and action["on"] for action in actions):
        found.append(ACTIONS)
    return found


def label_of(part: str) -> str:
    return _("Actions, who does them and by when") if part == ACTIONS else str(Section(part).label)


def refuse_incomplete(sections: Mapping[str, str], actions: list[dict[str, str]]) -> None:
    parts = missing(sections, actions)
    if parts:
        raise Incomplete(
            _("Complete these parts first: %(parts)s.") % {"parts": ", ".join(label_of(part) for part in parts)},
            missing=parts,
        )


def day_of(action: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(action["on"]) if action.get("on") else None


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-11-09") and bool(date.fromisoformat(text))
    except ValueError:
        return False


@dataclass(frozen=True)
class Part:
    """One part of an analysis as it is read: Markdown, or for the actions their rows."""

    key: str
    label: str
    text: str = ""
    actions: tuple[Action, ...] = ()


def parts_of(sections: Mapping[str, str], actions: Iterable[Mapping[str, str]]) -> list[Part]:
    """What has been written, in the order in which it is read; the actions stand before how we prevent it."""
    found = [Part(s.value, label_of(s.value), text=sections[s.value]) for s in Section if sections.get(s.value)]
    rows = tuple(Action(row["what"], row["owner"], day_of(row)) for row in actions)
    if rows:
        place = next((i for i, part in enumerate(found) if part.key == Section.PREVENTION), len(found))
        found.insert(place, Part(ACTIONS, label_of(ACTIONS), actions=rows))
    return found


def as_markdown(title: str, facts: Iterable[str], parts: Iterable[Part]) -> str:
    """The whole as one Markdown file."""
    blocks = [f"# {title}", "\n".join(f"- {fact}" for fact in facts)]
    for part in parts:
        blocks.append(f"## {part.label}")
        blocks.append(part.text or "\n".join(f"- {a.what} ({a.owner} · {a.on or '–'})" for a in part.actions))
    return "\n\n".join(blocks) + "\n"
