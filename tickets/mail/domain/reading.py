"""Takes a raw mail apart, within strict limits: what cannot be read in them is refused, never half read."""

import re
import unicodedata
from dataclasses import dataclass, field
from email import policy
from email.message import Message as EmailPart
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tickets.core.enums import MailCause
from tickets.mail.domain import headers as head
from tickets.mail.domain.headers import Headers, Verdict
from tickets.mail.domain.html_text import html_to_text
from tickets.mail.domain.quoting import is_forwarded, split

MOST_HEADER_BYTES = 512 * 1024
MOST_HEADERS = 1000
MOST_PARTS = 200
MOST_DEPTH = 20
MOST_DELIMITERS = 20_000
MOST_TEXT = 1_000_000
MOST_FILES = 20
# A longer Content-… header of a part is left out.
MOST_PART_HEADER = 4000

_CONTENT_TYPE = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
_DELIMITER = re.compile(rb"^--", re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
# Only these: a charset named in a mail must never reach a codec that is none.
_CHARSETS = frozenset({
    "utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp932", "cp949", "koi8-r", "koi8-u", "shift_jis", "euc_jp", "iso2022_jp", "gb2312",
    "gbk", "gb18030", "big5", "euc_kr", "mac-roman", *(f"iso8859-{n}" for n in range(1, 17) if n != 12),
})  # fmt: skip


if TYPE_CHECKING:
    Part = EmailPart[str, str]
else:
    Part = EmailPart


class CannotRead(Exception):
    """The mail is outside of what we take apart; `cause` goes with it into quarantine."""

    def __init__(self, cause: MailCause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


@dataclass(frozen=True)
class File:
    """A file that came with the mail; nothing about it is checked yet."""

    name: str
    data: bytes


@dataclass
class ReadMail:
    """Everything that a mail says, none of it believed yet."""

    headers: Headers
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    text: str = ""
    quote: str = ""
    files: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    automatic: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    report: dict[str, str] | None = None

    @property
    def recipients(self) -> list[str]:
        return head.recipients_of(self.headers)

    @property
    def answers(self) -> list[str]:
        """The Message-IDs that it says to answer, the most direct first."""
        direct = head.message_ids(head.all_of(self.headers, "in-reply-to"))
        older = head.message_ids(head.all_of(self.headers, "references"))
        return list(dict.fromkeys([*direct, *reversed(older)]))

    @property
    def reply_to(self) -> str:
        """Another address that asks for the answer; empty when it is the sender's own."""
        found = head.addresses_in(self.headers, "reply-to")
        return next((address for address in found if address != self.sender), "")

    @property
    def is_forwarded(self) -> bool:
        return is_forwarded(self.subject)


def message_id_of(raw: bytes) -> str:
    """The Message-ID as the key needs it: short, on one line, also from a mail that nothing else can be read from."""
    found = re.search(
        rb"^message-id\s*:[ \t]*((?:.|\r?\n[ \t]){0,5200})", raw[:MOST_HEADER_BYTES], re.IGNORECASE | re.MULTILINE
    )
    said = "" if found is None else " ".join(found[1].decode("utf-8", "replace").split())
    return clean(said)[:255]


def read(raw: bytes) -> ReadMail:
    """Take `raw` apart. Raises CannotRead when it is larger or more entangled than any mail of a person."""
    _refuse(raw)
    try:
        root: Part = BytesParser(policy=policy.default).parsebytes(raw)
        found = _headers(root)
        parts = list(_leaves(root))
    except CannotRead:
        raise
    except Exception as error:  # the library meets mails that nobody thought of
        raise CannotRead(MailCause.UNREADABLE, type(error).__name__) from error
    mail = ReadMail(headers=found)
    sender = head.sender_of(found)
    if sender:
        mail.sender, mail.sender_name = sender
    mail.subject = clean(head.decoded(head.value_of(found, "subject")))[:300]
    mail.message_id = message_id_of(raw)
    mail.automatic = head.automatic(found)
    mail.verdict = head.verdict_of(found, mail.sender)
    if head.value_of(found, "content-type").lower().startswith("multipart/report"):
        mail.report = _report(parts)
    _fill(mail, parts)
    return mail


def clean(text: str) -> str:
    """`text` without NUL, escape sequences, other control signs and halves of signs."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc")


def decode(data: bytes, charset: str | None) -> str:
    """The text in `data`: UTF-8 when it is, whatever the mail claims; else as claimed, else as in Western Europe."""
    name = _charset(charset)
    if name not in {"iso2022_jp", "utf-16", "utf-16-le", "utf-16-be"}:
        try:
            return clean(data.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    for codec in (name, "cp1252"):
        try:
            return clean(data.decode(codec))
        except (UnicodeDecodeError, LookupError):
            continue
    return clean(data.decode("cp1252" if name in {"utf-8", "ascii"} else name, "replace"))


def _charset(claimed: str | None) -> str:
    name = re.sub(r"[^a-z0-9]", "", (claimed or "utf-8").lower()[:40])
    known = {re.sub(r"[^a-z0-9]", "", codec): codec for codec in _CHARSETS}
    known |= {f"windows{codec[2:]}": codec for codec in _CHARSETS if codec.startswith("cp125")}
    known |= {f"iso88{codec[5:].replace('-', '')}": codec for codec in _CHARSETS if codec.startswith("iso8859")}
    known |= {"usascii": "ascii", "latin1": "iso8859-1", "sjis": "cp932", "windows31j": "cp932", "ksc56011987": "cp949"}
    return known.get(name, "utf-8")


def _refuse(raw: bytes) -> None:
    if len(raw) > settings.MAIL_MAX_BYTES:
        raise CannotRead(MailCause.TOO_LARGE, f"{len(raw)} bytes")
    end = _HEADER_END.search(raw, 0, MOST_HEADER_BYTES + 4)
    if end is None and len(raw) > MOST_HEADER_BYTES:
        raise CannotRead(MailCause.TOO_COMPLEX, "headers")
    header = raw[: end.start() if end else len(raw)]
    if header.count(b"\n") > 5 * MOST_HEADERS:
        raise CannotRead(MailCause.TOO_COMPLEX, "headers")
    if sum(1 for _found in _CONTENT_TYPE.finditer(raw)) > MOST_PARTS:
        raise CannotRead(MailCause.TOO_COMPLEX, "parts")
    if sum(1 for _found in _DELIMITER.finditer(raw)) > MOST_DELIMITERS:
        raise CannotRead(MailCause.TOO_COMPLEX, "delimiters")


def _headers(root: Part) -> Headers:
    found = [(str(name).lower(), _plain(value)) for name, value in root.raw_items()]
    if len(found) > MOST_HEADERS:
        raise CannotRead(MailCause.TOO_COMPLEX, "headers")
    if not any(name in {"from", "to", "subject", "date", "message-id", "received"} for name, _value in found):
        raise CannotRead(MailCause.UNREADABLE, "no headers")
    return found


def _plain(value: Any) -> str:
    """A raw header: bytes that are no ASCII are UTF-8, or else Western European."""
    data = str(value).encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _leaves(root: Part) -> list[tuple[Part, bool]]:
    """The parts that hold something, in their order; True beside those of an alternative that has a plain one.

    What lies inside an attached mail belongs to that mail: it stays one file.
    """
    found: list[tuple[Part, bool]] = []
    seen = 0

    def walk(part: Part, depth: int, *, other: bool) -> None:
        nonlocal seen
        seen += 1
        if depth > MOST_DEPTH or seen > MOST_PARTS:
            raise CannotRead(MailCause.TOO_COMPLEX, "depth" if depth > MOST_DEPTH else "parts")
        _shorten(part)
        # Judged by what it holds: a header that was left out, or lies, must not lose the words inside.
        if part.get_content_maintype() == "message" or not part.is_multipart():
            found.append((part, other))
            return
        children = _inside(part)
        for child in children:
            _shorten(child)
        plain = part.get_content_type() == "multipart/alternative" and any(
            child.get_content_type() == "text/plain" and _words(child).strip() for child in children
        )
        for child in children:
            walk(child, depth + 1, other=other or (plain and child.get_content_type() != "text/plain"))

    walk(root, 0, other=False)
    return found


def _inside(part: Part) -> list[Part]:
    payload: Any = part.get_payload()
    return [child for child in payload if isinstance(child, EmailPart)] if isinstance(payload, list) else []


def _shorten(part: Part) -> None:
    """Leave out headers of a part that would keep their parser busy."""
    for name, value in list(part.raw_items()):
        if name.lower().startswith("content-") and len(str(value)) > MOST_PART_HEADER:
            del part[name]


def _words(part: Part) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        charset = part.get_content_charset()
    except Exception:  # noqa: BLE001 - a broken parameter names no charset
        charset = None
    return decode(data[: 4 * MOST_TEXT], charset)[:MOST_TEXT]


def _fill(mail: ReadMail, parts: list[tuple[Part, bool]]) -> None:
    """Text and files. The first text is the message, further ones follow it; every other part is a file."""
    texts: list[str] = []
    for part, other in parts:
        kind, name = part.get_content_type(), _file_name(part)
        inline = part.get_content_disposition() != "attachment"
        if (
            part.get_content_maintype() == "multipart" and not name
        ):  # without the boundary that it names: words as they stand
            texts.append(_words(part))
            continue
        if kind in {"text/plain", "text/html"} and inline and not name:
            if not other:
                words = _words(part)
                texts.append(html_to_text(words) if kind == "text/html" else words)
            continue
        if mail.report is not None and kind in {"message/delivery-status", "message/rfc822", "text/rfc822-headers"}:
            continue
        if kind in {"application/pgp-signature", "application/pkcs7-signature"} and not name:
            continue
        _add_file(mail, part, name or _invented(kind))
    said = split("\n\n".join(text.strip() for text in texts if text.strip()), subject=mail.subject)
    mail.text, mail.quote = said.text, said.quote


def _add_file(mail: ReadMail, part: Part, name: str) -> None:
    if len(mail.files) >= MOST_FILES:
        mail.left_out.append(name)
        return
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        try:
            data: Any = _inside(part)[0].as_bytes(policy=policy.compat32)
        except Exception:  # noqa: BLE001 - an attached mail that cannot be written again
            mail.left_out.append(name)
            return
        name = name if name.lower().endswith(".eml") else f"{name}.eml"
    else:
        data = part.get_payload(decode=True)
    mail.files.append(File(name, data if isinstance(data, bytes) else b""))


def _file_name(part: Part) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001 - a name that cannot be read is no name
        return ""
    return clean(head.decoded(name) if "=?" in name else " ".join(name.split()))[:300]


def _invented(kind: str) -> str:
    """A file without a name gets one that its type is known by."""
    extension = {
        "image/jpeg": "jpg", "text/calendar": "ics", "message/rfc822": "eml", "text/plain": "txt", "text/html": "html",
    }.get(kind, kind.partition("/")[2][:8] or "bin")  # fmt: skip
    return f"mail.{extension}"


def _report(parts: list[tuple[Part, bool]]) -> dict[str, str]:
    """What a bounce says: the fields of its delivery status, the last block winning; empty when it has none."""
    for part, _other in parts:
        if part.get_content_type() == "message/delivery-status":
            return {
                str(name).lower(): " ".join(_plain(value)[:500].split())
                for block in _inside(part)[:20]
                for name, value in block.raw_items()
            }
    return {}
