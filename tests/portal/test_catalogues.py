"""Translations are compiled without gettext, and the check names what a reader would miss."""

import ast
import gettext
import os
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings

from portal.catalogues import compile_catalogues
from portal.management.commands.check_messages import compare

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgctxt "tier"
msgid "Standard"
msgstr "De base"

msgid "%(count)s ticket"
msgid_plural "%(count)s tickets"
msgstr[0] "%(count)s demande"
msgstr[1] "%(count)s demandes"

#, fuzzy
msgid "Deadline"
msgstr "Peut-être"
"""


def source_in(folder):
    source = folder / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    return source


def test_a_catalogue_is_compiled_with_contexts_and_plurals_and_without_guesses(tmp_path):
    source_in(tmp_path)

    (target,) = compile_catalogues([tmp_path])

    french = gettext.translation("django", tmp_path, ["fr"])
    assert target.name == "django.mo"
    assert french.pgettext("tier", "Standard") == "De base"
    assert [french.ngettext("%(count)s ticket", "%(count)s tickets", n) for n in (0, 1, 2)] == [
        "%(count)s demande", "%(count)s demande", "%(count)s demandes",
    ]  # fmt: skip
    assert french.gettext("Deadline") == "Deadline"


def test_only_a_catalogue_that_changed_is_compiled_again(tmp_path):
    source = source_in(tmp_path)
    (target,) = compile_catalogues([tmp_path])

    assert compile_catalogues([tmp_path]) == []

    later = target.stat().st_mtime + 10
    os.utime(source, (later, later))
    assert compile_catalogues([tmp_path]) == [target]
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def catalogue(*entries: tuple[str, str], fuzzy: bool = False) -> Catalog:
    made = Catalog(locale="fr", fuzzy=False)
    for text, french in entries:
        made.add(text, french, flags=["fuzzy"] if fuzzy else [])
    return made


def test_what_a_reader_would_miss_is_named():
    source = catalogue(("Deadline", ""), ("Ticket", ""))

    assert compare(source, catalogue(("Deadline", "Échéance"), ("Ticket", "Demande"))) == []
    assert compare(source, catalogue(("Deadline", "Échéance"), ("Ticket", ""))) == ["untranslated: 'Ticket'"]
    assert compare(source, catalogue(("Deadline", "Échéance"))) == ["missing, run make messages: 'Ticket'"]
    assert compare(catalogue(), catalogue(("Old", "Vieux"))) == ["no longer used, run make messages: 'Old'"]
    assert compare(catalogue(("A", "")), catalogue(("A", "B"), fuzzy=True)) == ["fuzzy: 'A'"]


# --- Texts are marked by names that the extractor knows -----------------------------------------------------------

MARKS = {"gettext_noop"} | {
    f"{number}{context}gettext{lazy}" for number in ("", "n") for context in ("", "p") for lazy in ("", "_lazy")
}


def unknown_marks(source):
    """Where a text would be marked by a name that makemessages passes over: an alias other than `_`, or another name
    for the function."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            faults += [
                f"{name.name} as {name.asname}"
                for name in node.names
                if name.asname
                and not (name.asname == "_" and name.name in {"gettext", "gettext_lazy"})
                and name.name in MARKS
            ]
        values = node.values if isinstance(node, ast.Dict) else [getattr(node, "value", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Dict):
            faults += [value.id for value in values if isinstance(value, ast.Name) and value.id in MARKS]
    return faults


def test_every_text_is_marked_by_a_name_that_is_collected():
    files = [
        file for app in ("portal", "tickets", "sla", "accounts") for file in Path(settings.BASE_DIR, app).rglob("*.py")
    ]
    marked = [file for file in files if "django.utils.translation" in file.read_text()]

    assert len(marked) > 100
    assert {str(file): found for file in marked if (found := unknown_marks(file.read_text()))} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from django.utils.translation import gettext as _now", ["gettext as _now"]),
        ("from django.utils.translation import ngettext as _", ["ngettext as _"]),
        ("say = gettext", ["gettext"]),
        ("from django.utils.translation import gettext_lazy as _", []),
        ("from django.utils.translation import gettext, override as spoken", []),
    ],
)
def test_an_alias_that_is_not_collected_is_found(line, found):
    assert unknown_marks(line) == found


# Placeholders that hold a moment, which may be “aujourd’hui 15:01” or “hier”: “de aujourd’hui” and “du hier” are wrong.
MOMENT = r"%\((?:at|moment|own|old_due|new_due|start|end)\)s"
# Where the moment is always said with its day, never as today: “le mar. 10 nov. 09:00”.
WITH_DAY = {
    "from %(start)s to %(end)s",
    "%(name)s is away until %(moment)s",
    "The customer moved the call to %(at)s.",
}


def test_no_french_sentence_puts_a_moment_where_it_would_need_an_elision():
    with (Path(__file__).parents[2] / "portal/locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        texts = {message.id: message.string for message in read_po(file) if isinstance(message.string, str)}
    glued = {said for said, text in texts.items() if re.search(rf"\b(?:de|du|le|au|que|jusque) {MOMENT}", text)}

    assert texts["from %(at)s"] == "dès %(at)s"
    assert glued - WITH_DAY == set()
