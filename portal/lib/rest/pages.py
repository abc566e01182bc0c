"""Lists by cursor: the place after the last row seen. Costs the same on page 1 and page 10 000, and skips nothing."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from portal.lib.rest.refusals import BadCursor

DEFAULT_SIZE = 25
MAX_SIZE = 100
PARAMETERS = ("cursor", "page_size")


class Cursor(BasePagination):
    """Pages through a queryset ordered by one field and then the key, both in one direction.

    A cursor is signed for who reads and what they asked for, so it opens no other list. A wanted size is brought
    into 1 to 100, never refused.
    """

    def page(self, queryset: QuerySet[Any], request: Any, *, order: str = "-pk") -> QuerySet[Any]:
        """The rows of the wanted page and one more; hand them to `answer` as a list."""
        self.request = request
        self.size = _size(request.query_params.get("page_size", ""))
        self.order = order
        descending, name = order.startswith("-"), order.removeprefix("-")
        after = request.query_params.get("cursor")
        if after is not None:
            value, key = self._open(after)
            queryset = queryset.filter(_beyond(name, value, key, descending=descending))
        # Said only where a null can be: an index in descending order begins with them and would go unread.
        last = True if name != "pk" and queryset.model._meta.get_field(name).null else None
        keys = [F(name).desc(nulls_last=last) if descending else F(name).asc(nulls_last=last)]
        if name != "pk":
            keys.append(F("pk").desc() if descending else F("pk").asc())
        return queryset.order_by(*keys)[: self.size + 1]

    def listing(
        self, queryset: QuerySet[Any], request: Any, *, show: Callable[[Any], Any], order: str = "-pk"
    ) -> Response:
        """The wanted page of `queryset`, each row as `show` says it."""
        rows, name = list(self.page(queryset, request, order=order)), order.removeprefix("-")
        return self.answer(
            rows,
            last=lambda row: (None if name == "pk" else getattr(row, name), row.pk),
            show=lambda some: [show(row) for row in some],
        )

    def answer(
        self, rows: Sequence[Any], *, last: Callable[[Any], tuple[Any, int]], show: Callable[[Any], Any]
    ) -> Response:
        """`rows` of `page` as an answer; `last` says the value of the order field and the key of a row."""
        more = len(rows) > self.size
        rows = rows[: self.size]
        cursor = self._seal(*last(rows[-1])) if more else None
        following = None
        if cursor:
            query = self.request.query_params.copy()
            query["cursor"] = cursor
            following = f"{self.request.path}?{query.urlencode()}"
        return Response({"next": following, "next_cursor": cursor, "results": show(rows)})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        text = {"type": ["string", "null"]}
        return {
            "type": "object",
            "required": ["next", "next_cursor", "results"],
            "properties": {
                "next": text
                | {
                    "description": "The address of the next page; null on the last one.",
                    "example": "/api/v1/tickets?cursor=W251bGwsIDQyXQ:1xZpT6",
                },
                "next_cursor": text | {"description": "Its cursor alone.", "example": "W251bGwsIDQyXQ:1xZpT6"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE}
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"},
             "description": "`next_cursor` of the page before."},
            {"name": "page_size", "in": "query", "schema": size, "description": "Brought into 1 to 100."},
        ]  # fmt: skip

    def _signer(self) -> Signer:
        request = self.request
        asked = sorted((k, v) for k, v in request.query_params.lists() if k not in PARAMETERS)
        token = request.auth
        reader = [request.user.pk, token.contact_id] if token else []
        facts = json.dumps([request.path, asked, self.order, reader])
        return Signer(salt="cursor:" + hashlib.sha256(facts.encode()).hexdigest())

    def _seal(self, value: Any, key: int) -> str:
        text = value.isoformat() if isinstance(value, datetime) else None
        place = base64.urlsafe_b64encode(json.dumps([text, key]).encode()).decode().rstrip("=")
        return self._signer().sign(place)

    def _open(self, cursor: str) -> tuple[datetime | None, int]:
        try:
            place = self._signer().unsign(cursor)
            text, key = json.loads(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)))
        except (BadSignature, binascii.Error, ValueError):
            raise BadCursor(pointer="cursor") from None
        return (datetime.fromisoformat(text) if text else None), key


def _beyond(name: str, value: datetime | None, key: int, *, descending: bool) -> Q:
    side = "lt" if descending else "gt"
    if name == "pk":
        return Q(**{f"pk__{side}": key})
    beyond_key = Q(**{f"pk__{side}": key})
    if value is None:  # among the rows without a value, which come last
        return Q(**{f"{name}__isnull": True}) & beyond_key
    return Q(**{f"{name}__{side}": value}) | (Q(**{name: value}) & beyond_key) | Q(**{f"{name}__isnull": True})


def _size(wanted: str) -> int:
    if not (wanted.isascii() and wanted.isdigit()):
        return DEFAULT_SIZE
    return min(max(int(wanted[:6]), 1), MAX_SIZE)
