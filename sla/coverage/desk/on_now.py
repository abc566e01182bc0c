"""Who is on: regions by languages, until when, and who goes on after them; outside business hours who is on call."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal.lib import clock
from portal.lib.names import language_name
from sla.coverage.domain.duty import coverage_now


def page(request: HttpRequest, site: Any) -> HttpResponse:
    now = clock.now()
    coverage = coverage_now(now)
    languages = coverage.languages
    table = [
        {
            "region": region,
            "cells": [
                {
                    "on": next(iter(coverage.on_now(language, region)), None),
                    "on_call": next(iter(coverage.on_call(language, region)), None),
                    "opening": coverage.next_opening(language, region=region),
                }
                for language in languages
            ],
        }
        for region in coverage.regions
    ]
    away = [
        (duty.agent, until)
        for duty in sorted(coverage.duties, key=lambda duty: duty.agent.name)
        if (until := duty.away_until(now))
    ]
    context = {
        **site.each_context(request),
        "title": _("On duty"),
        "languages": [language_name(language) for language in languages],
        "table": table,
        "hand_overs": [
            (language_name(language), coverage.hand_over(language) or coverage.next_opening(language))
            for language in languages
        ],
        "away": away,
        "without_region": [duty.agent for duty in coverage.duties if not duty.posts],
        "now": now,
    }
    return TemplateResponse(request, "admin/sla/on_now.html", context)
