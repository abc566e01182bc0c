"""A mail server on loopback that does what a test says: refuses, delays, breaks off, hides behind a bad certificate."""

import socket
import ssl
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATE = Path(__file__).parent / "portal" / "untrusted.pem"
Answer = Callable[[str, int], str | None]


@dataclass
class Taken:
    """One mail as it came over the wire."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)


@dataclass
class Post:
    """Counts what happens; `answer` says what becomes of a recipient, `lose` at which mails it breaks off."""

    answer: Answer = lambda _address, _count: None
    lose: set[int] = field(default_factory=set)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    asked: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked += 1
        refusal = self.answer(address, self.asked)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(Taken(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if len(self.taken) in self.lose:
            server.transport.abort()
        return "250 Taken"


class _Controller(Controller):
    def __init__(self, post: Post, options: dict[str, Any]) -> None:
        super().__init__(post, hostname="127.0.0.1", port=free_port())
        self.options = options

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mail.test", enable_SMTPUTF8=False, **self.options)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serving(settings: Any, post: Post, *, login: bool | None = None, certificate: bool = False):
    """`post` behind a port, and the settings that lead there. `login`: whether the password is accepted."""
    options: dict[str, Any] = {}
    if login is not None:
        options |= {
            "authenticator": lambda *_: AuthResult(success=login, handled=False), "auth_require_tls": False,
        }  # fmt: skip
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        options["tls_context"] = context
    controller = _Controller(post, options)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = (
        ("support", "hunter2-secret") if login is not None else ("", "")
    )
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL, settings.EMAIL_TIMEOUT = False, False, 0.5
    try:
        yield controller
    finally:
        controller.stop()
