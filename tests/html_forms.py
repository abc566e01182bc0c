"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Field:
    name: str
    kind: str  # the type of the input, "textarea" or "select"
    attributes: dict[str, str]
    values: list[str] = field(default_factory=list)  # what is sent when nobody touches it
    options: list[str] = field(default_factory=list)  # of a select, boxes or radios: everything on offer


@dataclass
class Form:
    method: str
    action: str  # "" is the page itself
    attributes: dict[str, str]
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)  # (name, value) of those that send it
    actions: list[str] = field(default_factory=list)  # where its buttons send it instead

    def data(self) -> dict[str, list[str]]:
        """What is sent when the form is sent as it was drawn, without any button."""
        return {name: list(f.values) for name, f in self.fields.items() if f.values and f.kind != "file"}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.stray: list[tuple[str, dict[str, str], str]] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form((values.get("method") or "get").lower(), values.get("action", ""), values)
            self.forms.append(self._form)
            if "id" in values:
                self.by_id[values["id"]] = self._form
            return
        form = self.by_id.get(values["form"]) if "form" in values else self._form
        if form is None or ("disabled" in values and tag != "option"):
            return
        if tag == "button" and values.get("type", "submit") == "submit":
            form.buttons.append((values.get("name", ""), values.get("value", "")))
            if "formaction" in values:
                form.actions.append(values["formaction"])
        elif tag == "input" and values.get("name"):
            self._input(form, values)
        elif tag == "textarea" and values.get("name"):
            self._text = self._field(form, "textarea", values)
            self._text.values = [""]
        elif tag == "select" and values.get("name"):
            self._select = self._field(form, "select", values)
        elif tag == "option" and self._select is not None:
            self._select.options.append(values.get("value", ""))
            if "selected" in values:
                self._select.values.append(values.get("value", ""))

    def _field(self, form: Form, kind: str, values: dict[str, str]) -> Field:
        return form.fields.setdefault(values["name"], Field(values["name"], kind, values))

    def _input(self, form: Form, values: dict[str, str]) -> None:
        kind = values.get("type", "text")
        if kind in {"submit", "image"}:
            form.buttons.append((values["name"], values.get("value", "")))
            return
        found = self._field(form, kind, values)
        if kind in {"checkbox", "radio"}:
            found.options.append(values.get("value", "on"))
            if "checked" in values:
                found.values.append(values.get("value", "on"))
        elif kind != "file":
            found.values.append(values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            if self._text is not None:
                self._text.values = [self._text.values[0].removeprefix("\n")]
            self._text = None
        elif tag == "select":
            if self._select is not None and not self._select.values and "multiple" not in self._select.attributes:
                self._select.values = self._select.options[:1]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.values[0] += data


def forms_of(page: str) -> list[Form]:
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def posts_of(page: str) -> list[Form]:
    return [form for form in forms_of(page) if form.method == "post"]
