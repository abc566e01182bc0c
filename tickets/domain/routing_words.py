"""Why a ticket went where it went, in words: for the history, the desk, the mail to the new owner."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.engineers import language_name
from portal.lib.durations import is_french, say_moment
from tickets.domain.history import sentence_for
from tickets.enums import EventKind, RoutedBy
from tickets.models import TicketEvent

# Seen from so much later every moment is said with its day: history is read later.
LATER = timedelta(days=30)


@sentence_for(EventKind.ASSIGNED)
def assigned(data: dict[str, Any]) -> str:
    """The sentence of the history, which customers read too: no figures of anybody's load."""
    name = data.get("to", "")
    if name and data.get("covers_for"):
        return _("assigned the ticket to %(name)s, who stands in for %(other)s") % {
            "name": name, "other": data["covers_for"],
        }  # fmt: skip
    if name and data.get("routed_by"):
        return _("assigned the ticket to %(name)s (%(why)s)") % {"name": name, "why": reason(data)}
    if name:
        return _("assigned the ticket to %(name)s") % {"name": name}
    if data.get("why"):
        return _("left the ticket to the team (%(why)s)") % {"why": reason(data)}
    return _("gave the ticket back to the team")


def reason(data: dict[str, Any], *, for_staff: bool = False) -> str:
    """Why, without the name of whom it went to; from the data of the event that assigned it."""
    routed_by, why = RoutedBy(data["routed_by"]), data.get("why") or {}
    if routed_by == RoutedBy.MATCH:
        found = _match(why, for_staff=for_staff)
    elif routed_by == RoutedBy.BACKUP:
        found = _("backup engineer") if why else str(routed_by.label)
    else:
        found = str(routed_by.label)
    said = found
    for part in (*_absent(why), _missing(why)):
        if part:
            said = _("%(reason)s; %(more)s") % {"reason": said, "more": part}
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
        said.append(_("is on now"))
    if for_staff:
        said.append(
            ngettext("has %(count)s open ticket", "has %(count)s open tickets", why["load"]) % {"count": why["load"]}
        )
        of = ngettext("best match of %(count)s", "best match of %(count)s", why["of"]) % {"count": why["of"]}
    else:
        of = _("best match")
    return _("%(match)s: %(why)s") % {"match": of, "why": ", ".join(said)}


def _absent(why: dict[str, Any]) -> list[str]:
    """What kept the designated engineer, and the back-up with them, from the ticket."""
    if not why.get("engineer"):
        return []
    values = {"name": why["engineer"]}
    if why.get("away_until"):
        said = [_("%(name)s is away until %(moment)s") % {**values, "moment": _say(why["away_until"])}]
    elif why.get("off_until"):
        said = [
            _("%(name)s is on again %(moment)s, after the answer is due") % {**values, "moment": _say(why["off_until"])}
        ]
    else:
        said = [_("%(name)s is not there") % values]
    if why.get("backup"):
        said.append(_("the back-up, %(name)s, is not there in time either") % {"name": why["backup"]})
    return said


def _missing(why: dict[str, Any]) -> str:
    if why.get("missing") == "language":
        return _("nobody who speaks %(language)s is there in time") % {"language": language_name(why["language"])}
    if why.get("missing"):
        return _("nobody is there in time")
    return ""


def _say(moment: str) -> str:
    at = datetime.fromisoformat(moment)
    return say_moment(at, at + LATER, timezone.get_current_timezone())
