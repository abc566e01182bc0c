"""The line to the mail server: one connection for a whole batch, and a clear word for each way it can fail.

`LineDown` says that the server cannot be used (gone, slow, its certificate or our login refused): nothing is wrong
with the mail in hand. `Refused` says that the server does not take this mail: for now, or for good.
"""

import re
import smtplib
import ssl
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from portal.lib.mail import one_line

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_URL = re.compile(r"\S*://\S*")


class LineDown(Exception):
    """The mail server cannot be used now; `cause` is one of our own words and holds no secret."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class LineLost(Exception):
    """The connection broke while a mail was under way: it may have been taken, or not."""


class Refused(Exception):
    """The server does not take this mail. `of_address`: because of whom it is for."""

    def __init__(self, code: int, said: Any, *, of_address: bool) -> None:
        words = one_line(_URL.sub("…", said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)))
        found = _STATUS.search(words)
        self.status = found.group(1) if found and found.group(1)[0] == str(code)[0] else str(code)
        super().__init__(f"{code} {words}"[:200])
        self.is_final = 500 <= code < 600
        # 5.7 is policy: it speaks of us, not of the address.
        self.of_address = of_address and not self.status.startswith(("5.7", "4.7"))


class MailLine:
    """Opened with the first mail and closed with the batch. Only a mail server keeps a connection."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> "MailLine":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.hang_up()

    def open(self) -> None:
        """Connect, agree on TLS and sign in, as the settings say; never without TLS where they ask for it."""
        if self._connection is not None:
            return
        self._connection = get_connection()
        try:
            self._open()
        except LineDown:
            self.hang_up()
            raise

    def _open(self) -> None:
        try:
            if _is_smtp(self._connection):
                self._connection.open()
        except ssl.SSLError as error:
            raise LineDown("certificate refused") from error
        except smtplib.SMTPAuthenticationError as error:
            raise LineDown("login refused") from error
        except smtplib.SMTPNotSupportedError as error:
            raise LineDown("no encryption or login offered") from error
        except (smtplib.SMTPException, OSError) as error:
            # smtplib calls it a lost connection when the server accepts one and then says nothing.
            is_late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            raise LineDown("no answer in time" if is_late else "not reachable") from error

    def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.fail_silently = True
            connection.close()

    def send(self, mail: EmailMultiAlternatives) -> None:
        """Hand one mail over. Raises LineDown, LineLost or Refused."""
        self.open()
        try:
            self._connection.send_messages([mail])
            if not _is_smtp(self._connection):
                self._connection = None  # a folder of mails: one file for each
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._refused(code, said, of_address=True) from error
        except smtplib.SMTPSenderRefused as error:
            if 500 <= error.smtp_code < 600:
                # The server does not want us at all: nothing is wrong with this mail.
                self.hang_up()
                raise LineDown("sender refused") from error
            raise self._refused(error.smtp_code, error.smtp_error, of_address=False) from error
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error, of_address=False) from error
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise LineLost(type(error).__name__) from error

    def _refused(self, code: int, said: Any, *, of_address: bool) -> Exception:
        if code == 421:
            # The server closes the connection, whomever the mail is for.
            self.hang_up()
            return LineLost("421")
        return Refused(code, said, of_address=of_address)


def _is_smtp(connection: Any) -> bool:
    return hasattr(connection, "use_tls")
