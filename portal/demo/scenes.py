"""What happens beside the tickets of the stories: calls, chats, hours, meetings. One module of portal/demo/ each."""

from collections.abc import Callable

from portal.demo import calls, chats, hours, level_3, meetings
from portal.demo.cast import Stage
from portal.demo.engineers import lea_goes_on_holiday
from portal.demo.mails import mails

# Each plays after the stories, at moments before `stage.now`.
SCENES: list[Callable[[Stage], None]] = [
    hours.play,
    calls.play,
    level_3.play,
    meetings.play,
    chats.play,
    lea_goes_on_holiday,
    mails,
]
