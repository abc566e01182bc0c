"""Translations are compiled without gettext, and the check names what a reader would miss."""

import gettext
import os

from babel.messages.catalog import Catalog

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
