"""The consequences of an edit, shown before it is saved: the form is saved, looked at, and taken back.

A page of the desk asks `reckon`; whoever knows the consequences for a model registers with `reckons`, also from an app
that the page may not import.
"""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse

from portal.lib import clock
from portal.lib.desk import DeskAdmin

Reckon = Callable[..., Any]
_reckoners: dict[type[models.Model], Reckon] = {}


def reckons(model: type[models.Model]) -> Callable[[Reckon], Reckon]:
    """Register the function that reckons what an edited row of `model` would do; it gets the row and `now`."""

    def register(function: Reckon) -> Reckon:
        _reckoners[model] = function
        return function

    return register


class PreviewAdmin(DeskAdmin):
    """A form with a second button: it shows what saving would do, above the form as it was filled in."""

    def consequences(self, request: HttpRequest, obj: Any) -> Any:
        """What the edit, saved in the open transaction, would do. Shown by admin/_consequences.html."""
        return _reckoners[self.model](obj, now=clock.now())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        more: dict[str, Any] = {**(extra_context or {}), "previews": True}
        if request.method == "POST" and "_preview" in request.POST:
            response = super().changeform_view(request, object_id, form_url, more)
            if not hasattr(request, "consequences"):
                return response  # the form has errors and says so
            request.is_preview = True  # type: ignore[attr-defined]
            more["consequences"] = request.consequences
        return super().changeform_view(request, object_id, form_url, more)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return _unsaved(form) if getattr(request, "is_preview", False) else form

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._look(request, obj) or super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._look(request, obj) or super().response_add(request, obj, post_url_continue)

    def _look(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """Inside the transaction that saved the form: reckon, then take everything back."""
        if "_preview" not in request.POST:
            return None
        request.consequences = self.consequences(request, obj)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
        return HttpResponse()


def _unsaved(form: Any) -> Any:
    """The same form, bound and without errors, but never saved."""

    class Unsaved(form):  # type: ignore[misc]
        def is_valid(self) -> bool:
            super().is_valid()
            return False

    return Unsaved
