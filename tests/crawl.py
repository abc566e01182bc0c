"""Walks the links of the site as one person: what a page shows as a link must answer."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import User

# What a page names as an address: for people, for htmx, for scripts.
ATTRIBUTES = ("href", "hx-get", "src", "data-fragment", "data-live", "data-desk-live", "data-url")
# Addresses that end the walk: no link, only a form, leads there; a calendar feed has its token in it.
OURS = {"", "testserver", "localhost", "localhost:8000"}


class Links(HTMLParser):
    """The addresses on a page: links, what scripts fetch, and forms that only ask."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [value for name in ATTRIBUTES if (value := values.get(name))]
        if tag == "form" and (values.get("method") or "get").lower() == "get" and values.get("action"):
            self.found.append(values["action"] or "")


def pattern(address: str, *, by_name: bool = True) -> str:
    """The address without what names one row: `/tickets/#/why/`. What is asked of a list counts by its names."""
    parts = urlsplit(address)
    path = re.sub(r"(?<=/)([A-Z]{2,4}-)?\d+(?=[/.]|$)|(?<=/)[\w-]{16,}(?=[/.]|$)", "#", parts.path)
    if not parts.query:
        return path
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{path}?{'&'.join(names) if by_name else ''}"


@dataclass
class Walk:
    """`each`: how many pages of one pattern are opened; `by_name`: every combination of questions is a pattern."""

    person: User
    each: int = 1
    by_name: bool = False
    opened: int = 0
    patterns: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def go(self) -> "Walk":
        client = Client(raise_request_exception=False)
        client.force_login(self.person, backend="accounts.identity.backends.PersonBackend")
        seen: set[str] = set()
        waiting = deque([("/", "the start")])
        while waiting:
            address, source = waiting.popleft()
            kind = pattern(address, by_name=self.by_name)
            if address in seen or self.patterns[kind] >= self.each:
                continue
            seen.add(address)
            self.patterns[kind] += 1
            if address.startswith("/static/"):
                self._file(address, source)
                continue
            answer: Any = client.get(address)
            self.opened += 1
            if answer.status_code >= 400:
                self.broken.append(f"{answer.status_code} {address} from {source}")
            elif 300 <= answer.status_code < 400:
                waiting.append((_target(address, answer["Location"]), source))
            elif "text/html" in answer.get("Content-Type", "") and not answer.streaming:
                links = Links(answer.content.decode()).found
                waiting.extend((_target(address, link), address) for link in links if _is_ours(address, link))
        return self

    def _file(self, address: str, source: str) -> None:
        if finders.find(address.removeprefix("/static/")) is None:
            self.broken.append(f"no file {address} from {source}")


def _is_ours(page: str, link: str) -> bool:
    parts = urlsplit(urljoin(page, link))
    return parts.scheme in {"", "http", "https"} and parts.netloc in OURS


def _target(page: str, link: str) -> str:
    parts = urlsplit(urldefrag(urljoin(page, link))[0])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
