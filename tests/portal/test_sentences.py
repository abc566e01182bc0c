"""Every sentence that people read is one entry of the catalogue: nothing is glued together outside it.

French puts a no-break space before `:` and `;`, has other quotation marks, and another order of words. Only the
translator of a whole sentence can do that. Facts that stand side by side are separated by ` · `, which is the same in
both languages; a label brings its colon along.
"""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in {".html", ".txt"}]
CODE = [
    path
    for app in ("accounts", "portal", "sla", "tickets")
    for path in sorted((ROOT / app).rglob("*.py"))
    if not {"migrations", "management", "demo"} & set(path.parts)
]
GLUE = re.compile(r"[:;“”«»!?,]")
# Between the members of a list a comma stands in both languages.
LISTED = re.compile(r"\{% if not forloop\.(?:last|first) %\}, \{% endif %\}")
# What a programmer types, not what a person reads.
VERBATIM = re.compile(r"<(script|style|code|pre)\b.*?</\1>", re.DOTALL)
WHOLE = re.compile(r"\{%\s*blocktranslate\b.*?%\}.*?\{%\s*endblocktranslate\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# A phrase without a colon of its own, and right behind it a moment: the middle of a sentence.
MOMENT = r"\s*(?:<strong>)?\{%\s*(?:moment|moment_on|moment_by|ago)\s(?![^%]* as )"
BROKEN = re.compile(
    r"\{%\s*translate\s+\"[^\"]*[^:\".!?]\"[^%]*%\}" + MOMENT + r"|[^:.!?\s}]\{%\s*endblocktranslate\s*%\}" + MOMENT
)
# A label in front of a moment in a cell of facts: no sentence.
LABELS = {'{% translate "Check-in due" %}'}


def glued_in(template: str) -> list[str]:
    """The pieces of `template` that stand between translated texts or values, and are no text of the catalogue."""
    text = template
    for nothing in (COMMENT, VERBATIM, LISTED):
        text = nothing.sub("", text)
    text = TAG.sub("\0", WHOLE.sub("\0", text))
    pieces = re.split(r"\0|<[^>]*>", text)
    return [piece for piece in pieces if GLUE.search(piece)]


def broken_in(template: str) -> list[str]:
    """Phrases that a moment completes."""
    found = [match[0] for match in BROKEN.finditer(template)]
    return [piece for piece in found if not any(piece.startswith(label) for label in LABELS)]


def glued_in_code(source: str) -> list[str]:
    """f-strings and joins that put punctuation between values, outside of what developers read."""
    tree = ast.parse(source)
    inside = {id(n) for f in ast.walk(tree) if _is_for_developers(f) for n in ast.walk(f)}
    found = []
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            pieces = [part.value for part in node.values if isinstance(part, ast.Constant)]
            if any(_glues(str(piece)) for piece in pieces):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            between = node.func.value
            if isinstance(between, ast.Constant) and re.search("[:;] ", str(between.value)):
                found.append(ast.unparse(node))
    return found


def _glues(piece: str) -> bool:
    return bool(re.search(r"[:;!?,]\s|[“”«»]", piece)) and not re.search(r"[A-Za-z<=]{2}", piece)


def _is_for_developers(node: ast.AST) -> bool:
    """Bodies of `__repr__` and `raise …` of an error that is not shown."""
    return isinstance(node, ast.FunctionDef) and node.name == "__repr__"


def test_a_template_puts_no_sentence_together():
    found = {
        str(path.relative_to(ROOT / "templates")): pieces
        for path in TEMPLATES
        if (pieces := glued_in(path.read_text()) + broken_in(path.read_text()))
    }

    assert found == {}


# Text for machines and for those who run the server, with the reason.
ALLOWED_IN_CODE = {
    "portal/features.py": "the name of a job in the schedule, for operators",
    "portal/formats/en/formats.py": "a format, not a text",
    "portal/formats/fr/formats.py": "a format, not a text",
    "portal/lib/breaker.py": "the name of a row that no page shows",
    "portal/lib/durations.py": "a moment: day, comma, hour, in both languages",
    "portal/lib/lease.py": "the name of a row that no page shows",
    "portal/lib/limits.py": "the name of a row that no page shows",
    "portal/middleware.py": "a header of HTTP",
    "portal/preflight.py": "the log of a server that does not start",
    "sla/calendars/desk/calendar.py": "a place: its country, comma, its part of it, in both languages",
    "sla/core/domain/holiday_names.py": "the French names of two holidays on one day, stored as one name",
    "tickets/verification/domain.py": "the report of a nightly check, for operators",
}


def test_code_puts_no_sentence_together():
    found = {str(path.relative_to(ROOT)): pieces for path in CODE if (pieces := glued_in_code(path.read_text()))}

    assert {name: pieces for name, pieces in found.items() if name not in ALLOWED_IN_CODE} == {}
    assert sorted(set(ALLOWED_IN_CODE) - set(found)) == [], "an exception that is needed no more"


@pytest.mark.parametrize(
    "template",
    [
        '{% translate "Target for you" %}: {{ moment }}',
        "<p>{{ name }}, {% moment at %}</p>",
        "<p>“{{ words }}”</p>",
        '{% translate "until" %} {% moment at %}',
        '{% translate "stays due" %} <strong>{% moment at %}</strong>',
        "{% blocktranslate %}{{ city }} opens{% endblocktranslate %} {% moment at %}",
        "{{ kind }}; {{ reason }}",
    ],
)
def test_what_is_glued_is_found(template):
    assert glued_in(template) + broken_in(template) != []


@pytest.mark.parametrize(
    "template",
    [
        "{% blocktranslate %}Target for you: {{ moment }}{% endblocktranslate %}",
        '{% translate "Target for you:" %} {% moment at %}',
        "{% for n in numbers %}{{ n }}{% if not forloop.last %}, {% endif %}{% endfor %}",
        "{{ name }} · {% moment at %}",
        '<a href="{% url "x" %}" title="{{ a }}">{{ b }}</a>',
        "{# a note: for whoever edits this #}",
        '{% translate "Opened" %} {% moment at as then %}',
    ],
)
def test_what_is_whole_passes(template):
    assert glued_in(template) + broken_in(template) == []


def test_what_is_glued_in_code_is_found():
    assert glued_in_code('x = f"{kind.label}: {share}"')
    assert glued_in_code('x = "; ".join(parts)')
    assert glued_in_code('x = f"“{words}”"')
    assert glued_in_code('x = _("%(a)s: %(b)s") % {}') == []
    assert glued_in_code('key = f"meeting:{pk}:{step}"') == []
