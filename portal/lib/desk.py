"""What every page of the desk rests on: rights from the permission table, lists that never count the history."""

from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.models import LogEntry
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from portal.lib import clock, converters, demo_clock
from portal.lib.access import NOBODY, STAFF, Rights
from portal.lib.durations import say_short_day, say_stamp
from portal.lib.errors import DomainError
from portal.lib.permissions import DESK

# A list is leafed through so far; who looks for more narrows it by search or filter.
MOST_ROWS = 1000
# What the admin's filters append to the name of their field.
LOOKUPS = ("__exact", "__id__exact", "__isnull", "__isempty")


def rights_of(model: type[models.Model]) -> Rights:
    """The row of `model` in the permission table; nobody may do anything with a model that has none."""
    return DESK.get(f"{model._meta.app_label}_{model._meta.model_name}", Rights(view=NOBODY))


_link = AdminReadonlyField.get_admin_url


def _link_or_words(field: Any, remote_field: Any, remote_obj: Any) -> str:
    """Django links every row that a read-only field names; here only what everybody on the desk may open."""
    if rights_of(type(remote_obj)).view >= STAFF:
        return str(_link(field, remote_field, remote_obj))
    return str(remote_obj)


AdminReadonlyField.get_admin_url = _link_or_words


# The browser's own fields for days and moments, and boxes to tick instead of a list to hold a key on.
WIDGETS: dict[type[models.Field], dict[str, Any]] = {
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    },
    models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
}


class PlainFields:
    """Fields without the admin's small icons: what belongs together stands on pages that link to each other."""

    formfield_overrides = WIDGETS

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and hasattr(field.widget, "can_add_related"):
            for right in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{right}_related", False)
        return field


class GivenFilter(admin.EmptyFieldListFilter):
    """Yes or no for a moment that is noted or not, in place of “Empty” and “Not empty”."""

    def choices(self, changelist: Any) -> Any:
        said = {None: _("All"), "1": _("No"), "0": _("Yes")}
        for choice, value in zip(super().choices(changelist), said, strict=True):
            yield choice | {"display": said[value]}


class BoundedPaginator(Paginator):
    """Counts no further than MOST_ROWS, so that a list costs the same however long the history is."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_ROWS].count())


@cache
def _column(model: type[models.Model], name: Any) -> Any:
    """What stands in a list for the column `name`: a function for days and moments, otherwise `name` itself."""
    fields = {field.name: field for field in model._meta.get_fields() if isinstance(field, models.DateField)}
    if not isinstance(name, str) or name not in fields:
        return name

    @admin.display(description=fields[name].verbose_name, ordering=name)
    def column(row: models.Model) -> str | None:
        value = getattr(row, name)
        if value is None:
            return None
        return say_stamp(value, get_current_timezone()) if isinstance(value, datetime) else say_short_day(value)

    column.__name__ = name  # names the class of the cells
    return column


class DeskAdmin(PlainFields, admin.ModelAdmin):
    """A page of the desk. `request.role` decides, never a flag on the person; nothing is deleted or edited in lists.

    Filters and search follow an allow-list: a query parameter that the page does not offer answers 400, so that no
    list can be asked about columns it does not show.
    """

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    view_on_site = False
    save_on_top = False
    # The title of the page that adds a row and of the button that leads there, and what is said of a saved one.
    add_title: str | Promise = ""
    saved: str | Promise = ""
    # What stands for a row in the addresses of its pages: portal/lib/converters.py.
    row_converter = converters.ROW

    def get_urls(self) -> list[Any]:
        """The admin's routes without its nameless redirect of old addresses: every route has a row in the table.

        Where the admin lets anything stand for a row, `row_converter` says what may.
        """
        named = [pattern for pattern in super().get_urls() if pattern.name]
        return [self._narrowed(pattern) for pattern in named]

    def _narrowed(self, pattern: Any) -> Any:
        route = str(pattern.pattern)
        if "<path:object_id>" not in route:
            return pattern
        return path(route.replace("<path:", f"<{self.row_converter}:"), pattern.callback, name=pattern.name)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Days and moments as the rest of the product writes them (`1er déc. 2026, 17:30`)."""
        return [_column(self.model, name) for name in super().get_list_display(request)]

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        return [_column(self.model, name) for name in super().get_sortable_by(request)]

    def _may(self, request: HttpRequest, right: str) -> bool:
        return getattr(request, "role", None) in getattr(rights_of(self.model), right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Exactly the lookups of this page's filters, nothing beside them."""
        return lookup in self.filter_lookups

    @cached_property
    def filter_lookups(self) -> frozenset[str]:
        names = [item[0] if isinstance(item, tuple) else item for item in self.list_filter or ()]
        fields = [name for name in names if isinstance(name, str)]
        own = [item.parameter_name for item in names if hasattr(item, "parameter_name")]
        return frozenset([*own, *(f"{field}{suffix}" for field in fields for suffix in LOOKUPS)])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list under the name of what it lists, and its button under a name of its own."""
        titles = {"title": capfirst(self.opts.verbose_name_plural), "add_title": self.add_title}
        return super().changelist_view(request, {**titles, **(extra_context or {})})

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._saved(request, obj) or super().response_post_save_add(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._saved(request, obj) or super().response_post_save_change(request, obj)

    def _saved(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """Say in a sentence of the page's own that `obj` was saved; go where the button says, if it says so."""
        pages = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        here = reverse(f"{pages}_change", args=[obj.pk])
        link = format_html('<a href="{}">{}</a>', here, obj)
        messages.success(request, mark_safe(self.saved % {"name": link}))  # noqa: S308 - ours, with a safe link
        if "_continue" not in request.POST and "_addanother" not in request.POST:
            return None
        then = here if "_continue" in request.POST else reverse(f"{pages}_add")
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, then))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None:
            extra_context = {"title": self.add_title, **(extra_context or {})}
        try:
            return _judged(super().changeform_view(request, object_id, form_url, extra_context))
        except DomainError as refusal:
            # A verb said no while the form was being saved; nothing was. Show the form again, as it was filled in.
            request.refusal = refusal  # type: ignore[attr-defined]
            return _judged(super().changeform_view(request, object_id, form_url, extra_context))
        except IntegrityError:
            # Somebody else saved a conflicting row between our check and our write; the transaction was undone.
            messages.error(request, _("Somebody else changed this. Your change was not saved: reload and try again."))
            return HttpResponseRedirect(request.get_full_path())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return _at_our_time(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return _at_our_time(super().log_change(request, obj, message))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return _refused(form, request.refusal) if hasattr(request, "refusal") else form


def _at_our_time(entry: Any) -> Any:
    """Django stamps a line of the history with the machine's time; a demonstration's may be another one."""
    if settings.DEMO and entry is not None and demo_clock.current_row().ahead:
        LogEntry.objects.filter(pk=entry.pk).update(action_time=clock.now())
    return entry


def _judged(response: HttpResponse) -> HttpResponse:
    """A form that comes back with errors is a refusal, and its status says so."""
    if response.status_code == HTTPStatus.OK and (getattr(response, "context_data", None) or {}).get("errors"):
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def _refused(form: Any, refusal: DomainError) -> Any:
    """The same form with what the verb said as its error."""

    class Refused(form):  # type: ignore[misc]
        def clean(self) -> Any:
            values = super().clean()
            self.add_error(None, str(refusal))
            return values

    return Refused


class PageAdmin(DeskAdmin):
    """Rows that only verbs move: a page of our own shows one, with all that happened to it."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)


class DeskInline(PlainFields, admin.TabularInline):
    """Rows inside another page: seen by those who may see that page, written by those who may change it."""

    extra = 0
    template = "admin/edit_inline/tabular.html"

    def _may(self, request: HttpRequest, right: str) -> bool:
        return getattr(request, "role", None) in getattr(rights_of(self.parent_model), right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")


class ReadOnlyAdmin(DeskAdmin):
    """A list and its rows to look at; nobody writes here, whatever the table says."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
