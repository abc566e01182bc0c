"""Why a ticket went where it went, in words: for the history, the desk, the mail to the new owner."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.durations import Say, is_french, say_by, say_on
from portal.lib.names import language_name
from tickets.core.domain.history import sentence_for
from tickets.core.enums import EventKind, RoutedBy
from tickets.core.models import TicketEvent

# Seen from so much later every moment is said with its day: history is read later.
LATER = timedelta(days=30)


@sentence_for(EventKind.ASSIGNED)
def assigned(data: dict[str, Any]) -> str:
    """The sentence of the history, which customers read too: why the match was the best is for agents only."""
    name, routed_by = data.get("to", ""), data.get("routed_by")
    if name and data.get("covers_for"):
        return _("assigned the ticket to %(name)s, covering for %(other)s") % {
            "name": name, "other": data["covers_for"],
        }  # fmt: skip
    if name and routed_by in {RoutedBy.DESIGNATED, RoutedBy.BACKUP}:
        return _("ticket assigned to %(name)s (%(why)s)") % {"name": name, "why": reason(data)}
    if name and routed_by == RoutedBy.MATCH:
        absent = _in_one(_absent(data.get("why") or {}))
        if absent:
            return _("ticket assigned to %(name)s (%(why)s)") % {"name": name, "why": absent}
        return _("ticket assigned to %(name)s") % {"name": name}
    if name and name == data["by"]:
        return _("took the ticket")
    if name:
        return _("assigned the ticket to %(name)s") % {"name": name}
    if routed_by == RoutedBy.NOBODY:
        why = _in_one([*_absent(data.get("why") or {}), _missing(data.get("why") or {})])
        return _("ticket not assigned yet (%(why)s)") % {"why": why} if why else _("ticket not assigned yet")
    return _("unassigned the ticket")


def reason(data: dict[str, Any], *, for_staff: bool = False) -> str:
    """Why, without the name of whom it went to; from the data of the event that assigned it."""
    routed_by, why = RoutedBy(data["routed_by"]), data.get("why") or {}
    if routed_by == RoutedBy.MATCH:
        found = _match(why, for_staff=for_staff)
    elif routed_by == RoutedBy.BACKUP:
        found = _("backup engineer") if why else str(routed_by.label)
    else:
        found = str(routed_by.label)
    return _in_one([found, *_absent(why), _missing(why)])


def _in_one(parts: list[str]) -> str:
    said = ""
    for part in filter(None, parts):
        said = _("%(reason)s; %(more)s") % {"reason": said, "more": part} if said else part
    return said


def last_routing(events: list[TicketEvent]) -> str:
    """Why the present owner has the ticket, to staff, when it was routed and not given by hand; else nothing."""
    given = [event for event in events if event.kind == EventKind.ASSIGNED]
    if not given or not given[-1].data.get("routed_by"):
        return ""
    return reason(given[-1].data, for_staff=True)


def _match(why: dict[str, Any], *, for_staff: bool) -> str:
    said = [_("speaks %(language)s") % {"language": language_name(why["language"])}]
    if why.get("region"):
        said.append(_("works in %(region)s") % {"region": why["region"]["fr" if is_french() else "en"]})
    if why.get("product"):
        said.append(_("knows %(product)s") % {"product": why["product"]})
    if why.get("on_now"):
        said.append(_("on duty"))
    if for_staff:
        said.append(ngettext("%(count)s open ticket", "%(count)s open tickets", why["load"]) % {"count": why["load"]})
        found = ngettext("%(why)s (%(count)s possible agent)", "%(why)s (%(count)s possible agents)", why["of"])
        return found % {"why": ", ".join(said), "count": why["of"]}
    return ", ".join(said)


def _absent(why: dict[str, Any]) -> list[str]:
    """What kept the designated engineer, and the back-up with them, from the ticket."""
    if not why.get("engineer"):
        return []
    values = {"name": why["engineer"]}
    if why.get("away_until"):
        said = [_("%(name)s is away until %(moment)s") % {**values, "moment": _say(why["away_until"], say_by)}]
    elif why.get("off_until"):
        moment = _say(why["off_until"], say_on)
        said = [_("%(name)s is back on duty %(moment)s, after the reply is due") % {**values, "moment": moment}]
    else:
        said = [_("%(name)s is not on duty") % values]
    if why.get("backup"):
        said.append(_("the backup engineer, %(name)s, is not on duty before then either") % {"name": why["backup"]})
    return said


def _missing(why: dict[str, Any]) -> str:
    if why.get("missing") == "language":
        return _("no agent who speaks %(language)s is on duty before the reply is due") % {
            "language": language_name(why["language"]),
        }
    if why.get("missing"):
        return _("no agent is on duty before the reply is due")
    return ""


def _say(moment: str, say: Say) -> str:
    at = datetime.fromisoformat(moment)
    return say(at, at + LATER, timezone.get_current_timezone())
