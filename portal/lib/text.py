"""What people write (Markdown) as safe HTML. The only way text of a person becomes markup.

Two locks: the parser never passes raw HTML through, and its output goes through an allow-list. Images are left out,
because fetching one tells its owner who reads the ticket and when.
"""

import re
from functools import lru_cache

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Longer or more entangled texts are shown as they were typed: reading Markdown must never hold a worker.
MAX_MARKDOWN = 20_000
MAX_MARKS = 4_000
# A table fills its short rows up to the width of its head.
MAX_CELLS = 10_000

_MARKS = re.compile(r"[\[\]*_`~<>|]")
_URL = re.compile(r"https?://[^\s<>\"'`]{3,2000}", re.IGNORECASE)
# Signs that end a sentence rather than an address.
_TRAILING = ".,;:!?)]}'\""

_ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_ALLOWED_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer nofollow",
)


def _link_urls(state: StateCore) -> None:
    """Make bare http(s) addresses clickable, outside of code and of links that are there already."""
    for block in state.tokens:
        if block.type != "inline" or not block.children or "://" not in block.content:
            continue
        inside, children = 0, []
        for token in block.children:
            inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += [token] if inside or token.type != "text" else _split_at_urls(token)
        block.children = children


def _split_at_urls(token: Token) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for match in _URL.finditer(token.content):
        url = match.group().rstrip(_TRAILING)
        opening = Token("link_open", "a", 1, attrs={"href": url})
        parts += [_text(token.content[end : match.start()]), opening, _text(url), Token("link_close", "a", -1)]
        end = match.start() + len(url)
    return [*parts, _text(token.content[end:])] if parts else [token]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _flatten_headings(state: StateCore) -> None:
    """A heading in a message is a bold line: it must not stand among the headings of the page."""
    for index, token in enumerate(state.tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        token.tag = "p"
        if token.type == "heading_open":
            inline = state.tokens[index + 1]
            inline.children = [
                Token("strong_open", "strong", 1),
                *(inline.children or []),
                Token("strong_close", "strong", -1),
            ]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "breaks": True, "maxNesting": 20})
    parser.disable(["image", "html_block", "html_inline"])
    parser.core.ruler.push("link_urls", _link_urls)
    parser.core.ruler.push("flatten_headings", _flatten_headings)
    return parser


_PARSER = _parser()


@lru_cache(maxsize=256)
def to_html(text: str) -> str:
    """`text` as safe HTML; a very long or entangled text as plain paragraphs."""
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no sign
    if len(text) > MAX_MARKDOWN or _is_entangled(text):
        return to_plain_html(text)
    return _CLEANER.clean(_PARSER.render(text))


def _is_entangled(text: str) -> bool:
    lines = text.split("\n")
    cells = len(lines) * max(line.count("|") for line in lines)
    return cells > MAX_CELLS or sum(1 for _ in _MARKS.finditer(text)) > MAX_MARKS


def to_plain_html(text: str) -> str:
    """`text` as it was typed: escaped, with its line breaks."""
    paragraphs = re.split(r"\n[ \t\r]*\n", text.strip().replace("\r\n", "\n"))
    return "\n".join(f"<p>{escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs if paragraph)
