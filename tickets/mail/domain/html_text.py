"""An HTML mail as plain text: paragraphs, lists, links and quotes stay, everything else is left behind.

Nothing of the markup survives, so nothing in it can run, load or hide; pictures are files of the mail or nothing.
"""

import re
from html.parser import HTMLParser

# A mail of more signs is read to here.
MOST = 1_000_000
MOST_DEPTH = 200
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tr", "ul",
})  # fmt: skip
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre"})
_UNSEEN = frozenset({
    "script", "style", "head", "title", "svg", "math", "template", "noscript", "iframe", "object", "select", "textarea",
    "xml", "frameset",
})  # fmt: skip
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "base", "area", "col", "embed", "source", "track", "wbr"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.I)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.unseen: list[str] = []
        self.links: list[tuple[str, int]] = []
        self.lists: list[int] = []
        self.indent = ""  # of an item in a list within a list
        self.pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.unseen:
            if tag == self.unseen[-1] and tag not in _VOID and len(self.unseen) < MOST_DEPTH:
                self.unseen.append(tag)
            return
        if tag in _UNSEEN or (tag not in _VOID and _is_hidden(values)):
            self.unseen.append(tag)
            return
        if tag == "br":
            self._break()
        elif tag in _BLOCKS:
            self._block(tag)
            if tag == "blockquote":
                self.quotes = min(self.quotes + 1, 20)
            elif tag in {"ul", "ol"} and len(self.lists) < MOST_DEPTH:
                self.lists.append(0 if tag == "ul" else 1)
            elif tag == "li":
                self._item()
            elif tag == "pre":
                self.pre += 1
            elif tag == "hr":
                self.line.append("---")
                self._break()
        elif tag in {"td", "th"} and "".join(self.line).strip():
            self.line.append(" | ")
        elif tag == "a" and len(self.links) < MOST_DEPTH:
            self.links.append((values.get("href", "").strip(), len(self.line)))

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            if tag == self.unseen[-1]:
                self.unseen.pop()
            return
        if tag in _BLOCKS:
            if tag in {"ul", "ol"} and self.lists:
                self.lists.pop()
            self._block(tag)
            if tag == "blockquote":
                self.quotes = max(self.quotes - 1, 0)
            elif tag == "pre":
                self.pre = max(self.pre - 1, 0)
        elif tag == "a" and self.links:
            self._link(*self.links.pop())

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.pre:
            first, *rest = data.split("\n")
            self.line.append(first)
            for line in rest:
                self._break()
                self.line.append(line)
            return
        said = _SPACE.sub(" ", data)
        if said != " " or self.line:
            self.line.append(said)

    def text(self) -> str:
        self._break()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()

    def _break(self) -> None:
        said = "".join(self.line)
        said = said.rstrip() if self.pre else f"{self.indent}{said.strip()}".rstrip()
        self.lines.append(f"{'> ' * self.quotes}{said}".rstrip() if self.quotes else said)
        self.line, self.indent = [], ""

    def _block(self, tag: str) -> None:
        if "".join(self.line).strip():
            self._break()
        self.line, self.indent = [], ""
        if tag in {"ul", "ol"} and self.lists:
            return  # a list within a list belongs to the item above it
        if tag in _APART and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self.quotes).rstrip())

    def _item(self) -> None:
        self.indent = "  " * max(len(self.lists) - 1, 0)
        if self.lists and self.lists[-1]:
            self.line.append(f"{self.lists[-1]}. ")
            self.lists[-1] += 1
        else:
            self.line.append("- ")

    def _link(self, href: str, since: int) -> None:
        said = "".join(self.line[since:]).strip()
        if not href.lower().startswith(("http://", "https://", "mailto:")) or len(href) > 2000:
            return
        plain, bare = href[7:] if href.lower().startswith("mailto:") else href, said.rstrip("/")
        if plain.rstrip("/") not in {bare, f"http://{bare}", f"https://{bare}"}:
            self.line.append(f" ({plain})" if said else plain)


def _is_hidden(values: dict[str, str]) -> bool:
    return "hidden" in values or bool(_HIDDEN.search(values.get("style", "")[:2000]))


def html_to_text(html: str) -> str:
    """The words of `html` in plain text; links keep their address beside them, quotes their `>`."""
    reader = _Reader()
    reader.feed(html[:MOST])
    reader.close()
    return reader.text()
