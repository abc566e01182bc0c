"""Root-cause analyses on the desk: the board, and the page on which one is written, checked and published."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from portal.lib import clock, converters
from portal.lib.desk import DeskAdmin
from portal.lib.errors import DomainError, Stale
from tickets.analyses.desk import analysis_acts, analysis_page
from tickets.analyses.desk.analysis_form import DraftForm
from tickets.analyses.domain import timeline, writing
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.enums import Section

TEMPLATES = "admin/tickets/rootcauseanalysis"
PARAMETERS = frozenset({"q"})


@admin.register(RootCauseAnalysis)
class AnalysisAdmin(DeskAdmin):
    """An analysis is opened by solving a ticket and moved by verbs: it is neither added nor deleted here."""

    row_converter = converters.NUMBER
    search_fields = ["account__name", "ticket__subject"]

    def get_urls(self) -> list[Any]:
        def act(suffix: str, view: Any) -> Any:
            route = f"<number:number>/{suffix.replace('_', '-')}/"
            return path(route, partial(view, self), name=f"tickets_rootcauseanalysis_{suffix}")

        return [
            *(act(name, partial(analysis_acts.run, act=name)) for name in analysis_acts.ACTS),
            path("<number:number>/preview/", self.preview, name="tickets_rootcauseanalysis_preview"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # Only what the page offers; another parameter would be a question about columns.
        if request.method == "POST" or set(request.GET) - PARAMETERS:
            return redirect(request.path)
        context = analysis_page.board(request, now=clock.now())
        return TemplateResponse(
            request, f"{TEMPLATES}/change_list.html", {**self.admin_site.each_context(request), **context}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The text with its acts. POST saves it; with `submit` it goes to review in the same press."""
        analysis, now = analysis_page.find(request, object_id), clock.now()
        if request.method != "POST":
            return self.render(request, analysis)
        form = DraftForm.read(request.POST)
        if "pull" in request.POST:
            # Put into the form, not stored: the author looks at it first.
            form.sections[Section.TIMELINE.value] = timeline.as_markdown(analysis.ticket)
            return self.render(request, analysis, form=form)
        try:
            saved = writing.save_draft(
                analysis, sections=form.sections, actions=form.actions, seen=form.seen, by=request.user, now=now
            )
        except DomainError as refusal:
            return self.render(request, analysis, form=form.again(analysis, refusal), refusal=refusal)
        if "submit" in request.POST:
            return analysis_acts.submit(self, request, saved, now=now)
        messages.success(request, _("Saved."))
        return redirect(page_of(saved))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was published and when stands on the page itself."""
        return redirect(page_of(analysis_page.find(request, object_id)) + "#versions")

    def preview(self, request: HttpRequest, number: str) -> HttpResponse:
        """The text in work as the customer would read it."""
        analysis = analysis_page.find(request, number)
        context = analysis_page.preview(analysis, now=clock.now())
        return TemplateResponse(
            request, f"{TEMPLATES}/preview.html", {**self.admin_site.each_context(request), **context}
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        raise Http404

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def render(
        self,
        request: HttpRequest,
        analysis: RootCauseAnalysis,
        *,
        form: DraftForm | None = None,
        refusal: DomainError | None = None,
    ) -> HttpResponse:
        """The page as it stands now; a refusal on top, with every word that was written."""
        analysis = analysis_page.find(request, analysis.number)
        context = analysis_page.context(request, analysis, now=clock.now(), form=form, refusal=refusal)
        status = 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422
        return TemplateResponse(
            request,
            f"{TEMPLATES}/change_form.html",
            {**self.admin_site.each_context(request), **context},
            status=status,
        )


def page_of(analysis: RootCauseAnalysis) -> str:
    """The address of an analysis on the desk."""
    return reverse("admin:tickets_rootcauseanalysis_change", args=[analysis.number])
