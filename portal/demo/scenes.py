"""What happens beside the tickets of the stories: calls, chats, hours, meetings. One module of portal/demo/ each."""

from collections.abc import Callable

from accounts.models import Region
from portal.demo import calls, chats, hours, level_3, meetings
from portal.demo.cast import Stage
from portal.demo.engineers import lea_goes_on_holiday
from portal.demo.mails import mails


def match_from_now_on(stage: Stage) -> None:
    """The stories have been told: what visitors open is given to the best match, as on every new desk."""
    Region.objects.update(matches_tickets=True)


# Each plays after the stories, at moments before `stage.now`.
SCENES: list[Callable[[Stage], None]] = [
    hours.play,
    calls.play,
    level_3.play,
    meetings.play,
    chats.play,
    lea_goes_on_holiday,
    mails,
    match_from_now_on,
]
