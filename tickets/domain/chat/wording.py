"""What the lines of the system say, in the reader's language."""

from django.utils.translation import gettext as _

from tickets.enums import ChatEnding, ChatEvent
from tickets.models import ChatLine


def sentence(line: ChatLine) -> str:
    match ChatEvent(line.event):
        case ChatEvent.TAKEN:
            return _("%(name)s is with you now.") % {"name": line.about}
        case ChatEvent.PASSED:
            return _("%(name)s goes on from here.") % {"name": line.about}
        case ChatEvent.RETURNED:
            return _("A colleague will go on. You keep your place in the queue.")
        case ChatEvent.TICKET:
            return _("This chat has become %(number)s. Everything goes on there.") % {"number": line.about}
        case ChatEvent.ENDED if line.about == ChatEnding.QUIET:
            return _("The chat has ended because nobody wrote any more.")
        case ChatEvent.ENDED if line.about == ChatEnding.CUSTOMER:
            return _("The customer has left the chat.")
        case _:
            return _("The chat has ended.")
