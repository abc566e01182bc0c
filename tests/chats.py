"""What the tests of chats share: an agent who is there, a chat, and somebody who says things in it."""

from datetime import timedelta

from tests.factories import MONDAY_9AM
from tickets.chat.domain import presence, talking

MINUTE = timedelta(minutes=1)


def there(agent, *, now=MONDAY_9AM, languages=("en", "fr")):
    agent.languages = list(languages)
    agent.save()
    presence.set_presence(agent, is_on=True, now=now)
    return agent


def begin(contact, *, body="The scanner shows E7.", key="", topic="Scanner", now=MONDAY_9AM):
    return talking.start_chat(contact, topic=topic, body=body, key=key, now=now)


def texts(chat, after=0):
    return [line.body or f"[{line.event}]" for line in talking.lines_after(chat, after)]
