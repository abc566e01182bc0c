"""The short-lived token that opens a live stream: who, as whom, in which session, about what.

A page mints it for its reader; the stream believes it only together with the session cookie it was minted for. It
opens a stream that says “something changed” and nothing else: the page fetches what changed through its normal view.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

DESK = "desk"
CHAT = "chat:"
# A stream may be opened, and stay open, for so many seconds after its token was minted; then the page asks anew.
LIFE = 600
_SALT = "punctual.live"


@dataclass(frozen=True)
class Claim:
    """What a token says. `contact` None: staff."""

    user: int
    contact: int | None
    session: str
    topic: str
    minted_at: float = 0.0

    @property
    def chat(self) -> str | None:
        """The key of the chat that the claim is about."""
        return self.topic.removeprefix(CHAT) if self.topic.startswith(CHAT) else None


def mint(request: Any, topic: str) -> str:
    """A token for the reader of this page."""
    contact = request.contact.pk if request.contact else None
    mark = _mark(request.session.session_key or "")
    return signing.dumps([request.user.pk, contact, mark, topic], salt=_SALT)


def read(token: str, session_key: str) -> Claim | None:
    """What the token claims; None when it is forged, old, or of another session."""
    try:
        user, contact, mark, topic = signing.loads(token, salt=_SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not session_key or not constant_time_compare(mark, _mark(session_key)):
        return None
    stamp = token.rsplit(":", 2)[-2]
    return Claim(int(user), contact, session_key, str(topic), float(signing.b62_decode(stamp)))


def _mark(session_key: str) -> str:
    return salted_hmac(_SALT, session_key, algorithm="sha256").hexdigest()[:32]
