"""What the headers of a mail may be believed, and how: sender, automatic or not, our own server's verdict."""

import re
from collections.abc import Sequence
from email.header import decode_header
from enum import StrEnum

from django.conf import settings

from tickets.mail.domain.reply_tokens import mailbox

# name in lower case, value as it stood in the mail
Headers = Sequence[tuple[str, str]]

# Longer values are cut before anything looks into them.
MOST = 1000
MOST_ADDRESSES = 20_000
BOUNCES = "bounces+"

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDR_SPEC = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:[A-Za-z0-9-]{{1,63}}\.){{1,10}}[A-Za-z0-9-]{{2,63}}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()\\]*\)")
_IN_TEXT = re.compile(r"[^\s<>,;:\"()\[\]@]{1,250}@[A-Za-z0-9.-]{1,250}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")

_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:auto(?:matic)?[ -]?(?:reply|response)\b|auto\s*:|out of (?:the )?office\b|r[ée]ponse automatique\b"
    r"|absen(?:ce|t|te) du bureau\b|message d[’']absence\b|自動(?:返信|応答)|不在(?:通知|のお知らせ))",
    re.IGNORECASE,
)
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|ne-?pas-?repondre)", re.IGNORECASE)
_AUTO_HEADERS = {
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-vacation", "list-id",
    "x-auto-response-suppress", "x-loop", "feedback-id",
}  # fmt: skip


class Verdict(StrEnum):
    """What our own mail server found about the sender."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"  # nobody told us which server is ours


def value_of(headers: Headers, name: str, *, most: int = MOST) -> str:
    """The first header of this name, on one line; empty when there is none."""
    return next((" ".join(value[:most].split()) for key, value in headers if key == name), "")


def all_of(headers: Headers, *names: str, most: int = MOST_ADDRESSES) -> str:
    """Everything that stands in the headers of these names."""
    return " ".join(value[:most] for key, value in headers if key in names)[:most]


def decoded(value: str) -> str:
    """A header as people read it: encoded words resolved, on one line, no invisible control signs."""
    try:
        parts = [
            words if isinstance(words, str) else words.decode(charset or "ascii", "replace")
            for words, charset in decode_header(" ".join(value[:MOST].split()))
        ]
        said = "".join(parts)
    except Exception:  # noqa: BLE001 - broken encoded words fail in many ways; then they are shown as they stand
        said = value[:MOST]
    said = (said or value[:MOST]).encode("utf-8", "replace").decode()
    return " ".join("".join(sign for sign in said if sign.isprintable() or sign.isspace()).split())


def sender_of(headers: Headers) -> tuple[str, str] | None:
    """The one real address in From, in lower case, and the name beside it; None when there is not exactly one.

    Written anew on purpose: parsers that repair what they read find an address where a person sees another one.
    """
    values = [value for key, value in headers if key == "from"]
    if len(values) != 1 or len(values[0]) > MOST:
        return None
    value = " ".join(values[0].split())
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", value)).strip()
    if "<" in bare or ">" in bare:
        before, _less, rest = bare.partition("<")
        address, _greater, after = rest.partition(">")
        if after.strip() or any(sign in before for sign in "@,;:>"):
            return None
        name = value.rpartition("<")[0]
    else:
        address, name = bare, " ".join(found.strip("()") for found in _COMMENT.findall(value))
        if _QUOTED.search(value):
            return None
    address = address.strip().lower()
    if len(address) > 254 or not _ADDR_SPEC.fullmatch(address):
        return None
    name = name.strip()
    quoted = _QUOTED.fullmatch(name)
    return address, decoded(name[1:-1].replace('\\"', '"') if quoted else name)[:200]


def addresses_in(headers: Headers, *names: str) -> list[str]:
    """Everything that looks like an address in these headers, in lower case, each once."""
    found = _IN_TEXT.findall(all_of(headers, *names))
    return list(dict.fromkeys(address.lower().rstrip(".") for address in found))[:200]


def recipients_of(headers: Headers) -> list[str]:
    """Where the mail was sent to, as the headers and the delivering server say."""
    return addresses_in(headers, "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


def is_ours(address: str) -> bool:
    """One of our own addresses, with or without a token behind the plus sign."""
    local, _at, host = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{host}"
    own = {mailbox(), *(alias.lower() for alias in settings.MAIL_ALIASES)}
    bounce_host = mailbox().rpartition("@")[2]
    return plain in own or (local.startswith(BOUNCES) and host == bounce_host)


def message_ids(value: str, *, most: int = 50) -> list[str]:
    """The Message-IDs in In-Reply-To or References, the newest last."""
    return _MESSAGE_ID.findall(value[:MOST_ADDRESSES])[-most:]


def automatic(headers: Headers) -> str:
    """Which sign says that a machine wrote this; empty when none does."""
    submitted = value_of(headers, "auto-submitted").lower()
    if submitted and submitted.partition(";")[0].strip() != "no":
        return "auto-submitted"
    if value_of(headers, "precedence").lower() in {"bulk", "list", "junk", "auto_reply", "auto-reply"}:
        return "precedence"
    if any(key == "return-path" and value.strip() == "<>" for key, value in headers):
        return "return-path"
    found = next((key for key, _value in headers if key in _AUTO_HEADERS), "")
    if found:
        return found
    if value_of(headers, "content-type").lower().startswith("multipart/report"):
        return "report"
    sender = sender_of(headers)
    if sender and _MACHINES.fullmatch(sender[0].partition("@")[0].partition("+")[0]):
        return "sender"
    return "subject" if _AUTOMATIC_SUBJECT.match(decoded(value_of(headers, "subject"))) else ""


def verdict_of(headers: Headers, sender: str) -> Verdict:
    """What our own server says about `sender`, in the topmost Authentication-Results and only there.

    A server of ours writes its result above everything that came with the mail, so whatever stands below was written
    by others, also when it carries our name.
    """
    if not settings.MAIL_AUTHSERV_ID:
        return Verdict.UNKNOWN
    top = next((" ".join(value[:10_000].split()) for key, value in headers if key == "authentication-results"), "")
    top = _COMMENT.sub(" ", top)
    server, _semicolon, results = top.partition(";")
    if (server.split() or [""])[0].lower() not in {name.lower() for name in settings.MAIL_AUTHSERV_ID}:
        return Verdict.UNVERIFIED
    domain = sender.rpartition("@")[2]
    said = [result.split() for result in results.lower().split(";")]
    methods = [words[0] for words in said if words]
    if "dmarc=fail" in methods:
        return Verdict.UNVERIFIED
    if "dmarc=pass" in methods and any(
        words[0] == "dmarc=pass" and _same(words, "header.from=", domain, default=True) for words in said if words
    ):
        return Verdict.VERIFIED
    aligned = any(words[0] == "dkim=pass" and _signed_for(words, domain) for words in said if words)
    return Verdict.VERIFIED if aligned else Verdict.UNVERIFIED


def is_trusted(verdict: Verdict) -> bool:
    """Whether the address in From counts as the sender."""
    return verdict == Verdict.VERIFIED or (verdict == Verdict.UNKNOWN and settings.MAIL_TRUST_SENDER)


def _same(words: list[str], name: str, domain: str, *, default: bool) -> bool:
    found = [word.removeprefix(name).strip('"') for word in words if word.startswith(name)]
    return all(value.rpartition("@")[2] == domain for value in found) if found else default


def _signed_for(words: list[str], domain: str) -> bool:
    """The signature is of the sender's own domain, or of one above it."""
    signers = [
        word.partition("=")[2].strip('"').rpartition("@")[2]
        for word in words
        if word.startswith(("header.d=", "header.i="))
    ]
    return any(signer and "." in signer and (domain == signer or domain.endswith(f".{signer}")) for signer in signers)
