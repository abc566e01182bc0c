"""Input is taken literally or refused: unknown names, doubled names, numbers that are none, bottomless nesting."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from portal.lib.rest.pages import PARAMETERS
from portal.lib.rest.refusals import BadParameter, TooLarge, UnknownParameter
from portal.lib.typed import as_id

MAX_DIGITS = 15  # beyond 2^53 other languages round


class StrictJSON(BaseParser):
    """JSON as RFC 8259 means it: UTF-8, each name once, numbers that every language can hold."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_once, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal,
            )  # fmt: skip
        except UnicodeDecodeError:
            raise ParseError(_("Send the body in UTF-8.")) from None
        except RecursionError:
            raise ParseError(_("The body is nested too deeply.")) from None
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(_("The body is not valid JSON from line %(line)s, column %(column)s.") % place) from None


class Uploads(MultiPartParser):
    """One file as multipart/form-data; refused by its announced length before anything is written."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.ATTACHMENT_MAX_BYTES + 64 * 1024:
            raise TooLarge(limit=settings.ATTACHMENT_MAX_BYTES)
        return super().parse(stream, media_type, parser_context)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        doubled = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ParseError(_("The name “%(name)s” appears twice in one object.") % {"name": doubled[:80]})
    return found


def _no_number(text: str) -> Any:
    raise ParseError(_("%(text)s is not a number.") % {"text": text})


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise ParseError(_("Whole numbers can have %(digits)s digits at most.") % {"digits": MAX_DIGITS})
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ParseError(_("One of the numbers is too large."))
    return value


class StrictSerializer(serializers.Serializer[Any]):
    """The shape of a body: a field that it does not name is refused, by name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError(
                {name[:80]: [ErrorDetail("unknown", code="unknown_field")] for name in unknown[:20]}
            )
        return super().to_internal_value(data)


class StrictInteger(serializers.IntegerField):
    """A JSON number; neither "2" nor 2.0 nor true."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """true or false; neither "yes" nor 1."""

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class StrictText(serializers.CharField):
    """A JSON string; a number is not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictMoment(serializers.DateTimeField):
    """RFC 3339 with its offset: a moment without one would mean another thing in every zone."""

    def to_internal_value(self, value: Any) -> datetime:
        found = parse_datetime(value) if isinstance(value, str) else None
        if found is None or found.tzinfo is None:
            self.fail("invalid", format="2026-11-09T10:00:00Z")
        return found


def parameters(request: Any, *known: str) -> dict[str, str]:
    """The query parameters, each known and given once; paging's own, of a list, are left to `Cursor`."""
    values: dict[str, str] = {}
    allowed = [*known, *(PARAMETERS if getattr(request.parser_context["view"], "pagination_class", None) else ())]
    for name, given in request.query_params.lists():
        if name not in allowed:
            sentence = (
                _("The parameter “%(name)s” does not exist here. Parameters: %(known)s.")
                if allowed
                else _("The parameter “%(name)s” does not exist here. This URL has no parameters.")
            )
            raise UnknownParameter(
                sentence % {"name": name[:80], "known": ", ".join(allowed)},
                pointer=name[:80],
            )
        if len(given) > 1:
            raise BadParameter(_("Send “%(name)s” only once.") % {"name": name}, pointer=name)
        values[name] = given[0]
    return values


def one_of(name: str, value: str, allowed: list[str]) -> str:
    """`value`, when it is allowed."""
    if value not in allowed:
        raise BadParameter(
            _("“%(name)s” must be one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(allowed)}, pointer=name
        )
    return value


def key(name: str, value: str) -> int:
    """`value` as the id of a row."""
    found = as_id(value)
    if not found:
        raise BadParameter(_("“%(name)s” must be an id, a whole number.") % {"name": name}, pointer=name)
    return found


def moment(name: str, value: str) -> datetime:
    """`value` as an instant; one without an offset is refused rather than guessed."""
    try:
        parsed = parse_datetime(value) if len(value) <= 40 else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.utcoffset() is None or not 1970 <= parsed.year <= 9000:
        raise BadParameter(
            _("“%(name)s” must have a date, time and offset, such as 2026-11-09T09:00:00Z.") % {"name": name},
            pointer=name,
        )
    return parsed
