"""What a page, a program or beat asks of the time of a demonstration: forward it passes, back the data is laid anew."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from portal.demo import laying, passing
from portal.demo.passing import CannotMove
from portal.lib import clock, demo_clock

logger = logging.getLogger(__name__)

# A page waits for so many seconds at most; beat goes on with the rest.
SLICE_OF_PAGE = 3.0
SLICE_OF_BEAT = 20.0
EARLIEST, LATEST = 2020, 2035


class LosesData(CannotMove):
    """Going back lays the sample data anew: whatever was done since is lost. To be said before, and confirmed."""

    code = "loses_data"


def go_to(moment: datetime, *, may_lay_anew: bool = False) -> bool:
    """Move the time to `moment`; True when it is there, False while it is on its way.

    Forward, everything between happens at its moment. Back, to any moment, needs `may_lay_anew`: then the sample data
    is laid around it, soon, by beat. The present minute is the present. Raises CannotMove, LosesData.
    """
    if demo_clock.current_row().lay_at is not None:
        raise CannotMove(_("The sample data is being reset. Wait a few seconds."), code="busy")
    if not EARLIEST <= moment.year <= LATEST:
        raise CannotMove(
            _("Choose a date between %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST}, field="to"
        )
    if moment > clock.now():
        passing.set_off(moment)
        return passing.pass_time(seconds=SLICE_OF_PAGE)
    if is_present(moment) and not may_lay_anew:
        return not is_under_way()
    if not may_lay_anew:
        raise LosesData(_("Going back in time resets the sample data. Everything done in this demonstration is lost."))
    passing.write(goal=None, lay_at=moment.replace(second=0, microsecond=0))
    return False


def is_present(moment: datetime) -> bool:
    """True for whatever lies in the present minute and is not ahead: people choose minutes, not seconds."""
    present = clock.now()
    return present.replace(second=0, microsecond=0) <= moment <= present


def stop() -> bool:
    """End the way where it is: what happened on it stands. False when nothing is on its way."""
    is_on_its_way = demo_clock.current_row().goal is not None
    if is_on_its_way:
        passing.arrive(clock.now())
    return is_on_its_way


def _recreate(moment: datetime) -> None:
    """What cannot be laid is not tried again for ever: the data of before stands, and the log says why."""
    try:
        laying.recreate_sample_data(moment)
    except Exception:
        logger.exception("demonstration.not_laid", extra={"at": moment})
        passing.write(lay_at=None)


def is_under_way() -> bool:
    known = demo_clock.current_row()
    return known.goal is not None or known.lay_at is not None


def go_on(*, seconds: float) -> bool:
    """What beat does: lay the data that was asked for, or take the next slice of the way. True when at rest."""
    if not settings.DEMO:
        return True
    known = demo_clock.current_row()
    if known.lay_at is not None:
        with passing.alone() as is_alone:
            if is_alone:
                _recreate(known.lay_at)
            return is_alone
    elif known.goal is not None:
        return passing.pass_time(seconds=seconds)
    return True
