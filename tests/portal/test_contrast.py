"""The contrast of the colours, computed from css/tokens.css: text at least 4.5, what only has to be seen at least 3."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()

TEXT = [
    ("text", "surface"),
    ("text", "canvas"),
    ("muted", "surface"),
    ("muted", "canvas"),
    ("accent", "surface"),
    ("accent", "canvas"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("accent", "accent-tint"),
    ("text", "accent-tint"),
    ("muted", "accent-tint"),
    ("note-text", "note"),
    ("good", "good-tint"),
    ("soon", "soon-tint"),
    ("overdue-text", "overdue-fill"),
    ("paused", "paused-tint"),
    ("resting", "resting-tint"),
    ("good", "surface"),
    ("missed", "surface"),
    ("missed", "canvas"),
    ("soon", "surface"),
    ("text", "soon-tint"),
    ("text", "good-tint"),
    ("text", "paused-tint"),
]
SHAPES = [("control", "surface"), ("control", "canvas"), ("focus", "surface"), ("focus", "canvas"), ("accent", "line")]


def tokens(block):
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", block))


def block_after(selector):
    start = CSS.index(selector)
    return CSS[start : CSS.index("}", start)]


LIGHT = tokens(block_after(':root, :root[data-theme="light"] {'))
DARK = tokens(block_after(':root[data-theme="dark"] {'))
DARK_BY_SYSTEM = tokens(block_after(':root:not([data-theme="light"]) {'))


def luminance(colour):
    def linear(part):
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[n : n + 2]) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_arithmetic_is_that_of_wcag():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#0a5bb0", "#ffffff"), 2) == 6.7


def test_dark_is_the_same_whether_chosen_or_of_the_system():
    assert DARK == DARK_BY_SYSTEM
    assert set(DARK) == set(LIGHT)


@pytest.mark.parametrize("theme", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(theme, ink, paper):
    assert contrast(theme[ink], theme[paper]) >= 4.5


@pytest.mark.parametrize("theme", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
@pytest.mark.parametrize(("shape", "paper"), SHAPES)
def test_shapes_can_be_seen(theme, shape, paper):
    assert contrast(theme[shape], theme[paper]) >= 3
