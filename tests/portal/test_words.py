"""What people read uses one word a thing: the words that the glossary replaces stand in no text, in neither language.

docs/glossary.md says what to write instead. A text that needs such a word in another sense is an exception here.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[2] / "portal/locale/fr/LC_MESSAGES/django.po"

# Pattern → what to write instead.
ENGLISH = {
    r"\be-mails?\b|\bmails?\b(?! server| gateway)": "email",
    r"\bplease\b|\bsorry\b|\binvalid\b|\bshall\b": "say what to do",
    r"\bpromis(?:e|es|ed|ing)\b|\bcommitments?\b|\bguarantee": "target",
    r"\bover ?due clock\b|\bbreach": "overdue, missed",
    r"\baround the clock\b": "24/7",
    r"\bbusiness time\b|\bopening hours\b|\bopen time\b": "business hours",
    r"\bback-up\b": "backup",
    r"\bow(?:e|es|ed)\b|\bfalls? due\b": "due",
    r"\breckon": "calculate",
    r"\b(?:your|our|whose|their) turn\b": "waiting for",
    r"\bmail ?box(?:es)?\b": "inbox",
    r"\bnotices?\b": "notification",
    r"\bdesk\b": "agent workspace",
    r"\bvalidat": "approve",
    r"\bledger\b": "hours statement",
    r"\bcall-?backs?\b": "call",
    r"\bfell away\b|\bfalls? away\b": "no longer due",
    r"\bput aside\b|\bheld back\b": "needs review",
    r"\bmails? came back\b": "bounced",
    r"\bhears? of\b|\bhears? no\b": "follow, is notified",
    r"\bfor good\b": "permanently",
    r"\bletters\b(?! \(ISO)": "characters",
    r"\btake back\b": "remove, cancel",
    r"\bupdates? every\b": "check-in",
}
FRENCH = {
    r"(?<!-)\bmails?\b|\bcourriels?\b|\bcourriers?\b(?! indésirables)": "e-mail",
    r"\bboîtes? aux lettres\b": "boîte de réception",
    r"\bpromesses?\b|\bpromis\b": "délai",
    r"\btenue?s?\b": "respecté ; a eu lieu",
    r"\bmanquée?s?\b": "dépassé",
    r"\bcompteurs?\b": "délai en cours",
    r"24 ?h(?:eures)?/24": "24/7",
    r"\bheures d’ouverture\b|\btemps ouvré\b": "heures ouvrées",
    r"\bformules?\b": "offre",
    r"\bniveau (?:Standard|Premium|de contrat)\b": "offre",
    r"\bparrain": "référent de direction",
    r"\bingénieurs? (?:désigné|référent|principal)": "ingénieur attitré",
    r"\bbureaux?\b": "espace agent",
    r"\bavis\b(?! de non-remise)": "notification",
    r"\brencontres?\b": "réunion",
    r"\bquel(?:le)?s? tour\b|\bvotre tour\b|\bnotre tour\b|\bc’est à nous\b": "action attendue",
    r"\bplus dû\b|\bplus due\b": "sans objet",
    r"\bjours? particuliers?\b": "jour fermé",
    r"\b(?:avant|à|depuis|dès|jusqu’à)\s: ": "une préposition devant la date",
    r"[^\u00a0\u202f][;:?!](?=\s|$)": "une espace insécable devant le signe",
}

# What a program writes keeps its own signs.
CODE = re.compile(r"<code>.*?</code>|move: stop|Authorization: Bearer")


def texts(language):
    with CATALOGUE.open("rb") as file:
        for entry in read_po(file):
            if entry.id and "templates/portal/styleguide.html" not in [place for place, _line in entry.locations]:
                found = entry.id if language == "en" else entry.string
                yield from (CODE.sub("", text) for text in (found if isinstance(found, tuple) else (found,)))


@pytest.mark.parametrize(
    ("language", "pattern"),
    [*(("en", pattern) for pattern in ENGLISH), *(("fr", pattern) for pattern in FRENCH)],
)
def test_no_text_has_a_word_that_the_glossary_replaces(language, pattern):
    found = [text for text in texts(language) if re.search(pattern, text, re.IGNORECASE)]

    assert found == []
