"""Reads a page as its reader does, and finds the English words on it that have no business there.

English is what the catalogue's English has and its French has not, and the small words of every sentence. Names, and
what people wrote, are what the database holds; text in another `lang`, and what stands in `<code>`, is left out.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import django
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db import models

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|<[^>]*>|\{\w*\}|&\w+;")
SMALL = frozenset(
    """
    the and of to is are this that with for from by your you we our not no yes add change select view all any when who
    what which it they he she has have had was were be been will shall would could should must into here there than
    then every each other others while until since before after again because about their them these those its his her
    site administration home delete save history today tomorrow yesterday monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december
    """.split()  # noqa: SIM905 - a list of a hundred words is no easier to read
)
SILENT = {"script", "style", "template", "code", "pre", "kbd", "samp"}
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "use",
    "wbr",
}  # fmt: skip
READ_ALOUD = ("title", "alt", "aria-label", "placeholder", "data-label", "content", "value")


def words_of(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(PLACEHOLDER.sub(" ", text))}


def _catalogues() -> Iterator[Path]:
    yield Path(settings.BASE_DIR) / "portal/locale/fr/LC_MESSAGES/django.po"
    packages = Path(django.__file__).parent
    yield packages / "contrib/admin/locale/fr/LC_MESSAGES/django.po"
    yield packages / "conf/locale/fr/LC_MESSAGES/django.po"


@cache
def english() -> frozenset[str]:
    """The words that only the English side of the catalogues has."""
    there: set[str] = set()
    here: set[str] = set()
    for path in _catalogues():
        if not path.exists():
            continue
        with path.open("rb") as lines:
            for entry in read_po(lines, locale="fr"):
                if not entry.id:
                    continue
                there.update(*(words_of(text) for text in _all(entry.id)))
                for text in _all(entry.string):
                    here |= {
                        part for word in words_of(text) for part in (word, word.split("’")[-1], word.split("'")[-1])
                    }
    return frozenset(word for word in (there - here) | SMALL - here if len(word) > 1)


def _all(text: str | tuple[str, ...] | list[str]) -> Iterable[str]:
    return text if isinstance(text, tuple | list) else (text,)


DAY = r"(?:aujourd’hui|demain|hier|(?:lun|mar|mer|jeu|ven|sam|dim)(?:di|credi)?\.?\s\d)"
COLON_BEFORE_A_MOMENT = re.compile(rf"[^.\n]*:\s+(?:le |du )?(?:{DAY}|\d\d:\d\d)[^.\n]*")


def built_around_a_colon(text: str) -> list[str]:
    """The sentences that put a colon in front of a moment, where French has “au plus tard”, “depuis” or nothing."""
    return [found[0].strip() for found in COLON_BEFORE_A_MOMENT.finditer(text)]


class Reader(HTMLParser):
    """Collects what a reader in `language` sees or hears."""

    def __init__(self, language: str = "fr") -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    @property
    def is_silent(self) -> bool:
        return any(silent for _tag, silent in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        silent = tag in SILENT or (values.get("lang") or self.language) != self.language
        if not silent and not self.is_silent:
            self.texts += [
                text for name in READ_ALOUD if (text := values.get(name)) and self._is_read(tag, name, values)
            ]
        if tag not in VOID:
            self.open.append((tag, silent))

    def _is_read(self, tag: str, name: str, values: dict[str, str | None]) -> bool:
        if name == "value":
            return tag == "input" and values.get("type") in {"submit", "button", "reset"}
        return name != "content" or values.get("name") == "description"

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.is_silent:
            self.texts.append(" ".join(data.split()))


def texts_of(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.texts


class Judge:
    """Finds English words on French pages. Reads once what people wrote, so make it when all of that is there."""

    def __init__(self, *, names: Iterable[str], texts: Iterable[str]) -> None:
        self.texts = sorted(texts, key=len, reverse=True)
        self.corpus = "\n".join(self.texts)
        self.words = english() - frozenset(word for name in names for word in words_of(name))

    @classmethod
    def of_the_database(cls, known: Iterable[str] = ()) -> "Judge":
        names, texts = written_by_people()
        return cls(names=names | set(known), texts=texts)

    def english_in(self, html: str) -> dict[str, set[str]]:
        """The texts of a page that have English words, and which."""
        found = {}
        for text in dict.fromkeys(texts_of(html)):
            bad = self._english(text)
            if bad and text.rstrip("…") not in self.corpus:
                rest = text
                for written in self.texts:
                    rest = rest.replace(written, " ")
                bad = self._english(rest)
                if bad:
                    found[text] = bad
        return found

    def _english(self, text: str) -> set[str]:
        return {word for word in WORD.findall(ADDRESS.sub(" ", text)) if word.lower() in self.words}


def written_by_people() -> tuple[set[str], set[str]]:
    """(names, whole texts) that the database holds: no words of ours."""
    names: set[str] = set()
    texts: set[str] = set()
    for model in apps.get_models():
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
        ]
        for row in model._default_manager.values_list(*fields) if fields else ():
            for text in _strings(list(row)):
                said = " ".join(text.split())
                if len(said.split()) > 2 or not said.isalpha():
                    texts.add(said)
                else:
                    names.add(said)
    return {name for name in names if name[:1].isupper()}, {text for text in texts if len(text) > 3}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
