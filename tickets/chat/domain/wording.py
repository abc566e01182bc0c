"""What the lines of the system say, in the reader's language."""

from typing import assert_never

from django.utils.translation import gettext as _

from tickets.chat.models import ChatLine
from tickets.core.enums import ChatEnding, ChatEvent


def sentence(line: ChatLine) -> str:
    event = ChatEvent(line.event)
    match event:
        case ChatEvent.TAKEN:
            return _("%(name)s has accepted your chat.") % {"name": line.about}
        case ChatEvent.PASSED:
            return _("%(name)s continues the chat.") % {"name": line.about}
        case ChatEvent.RETURNED:
            return _("A colleague will continue. You keep your place in the queue.")
        case ChatEvent.TICKET:
            return _("This chat is now ticket %(number)s. The conversation continues there.") % {"number": line.about}
        case ChatEvent.ENDED:
            return _ended(ChatEnding(line.about))
    assert_never(event)


def _ended(ending: ChatEnding) -> str:
    match ending:
        case ChatEnding.QUIET:
            return _("The chat ended because there were no new messages.")
        case ChatEnding.CUSTOMER:
            return _("The customer has left the chat.")
        case ChatEnding.AGENT | ChatEnding.TICKET:
            return _("The chat has ended.")
    assert_never(ending)
