"""axe finds nothing: every page, light and dark, narrow and wide, English and French."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {
    "preload": False,  # it would write style sheets into the page, which the content security policy refuses
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],  # of what is right, not every element with its path and rectangle
}
# Only what is told leaves the page.
RUN = """
rules => axe.run(rules).then(found =>
    found.violations.flatMap(violation => violation.nodes.map(node => [violation.id, node.html.slice(0, 160)])))
"""
LOOKS = [
    pytest.param("light", "en", 1366, id="light-english-wide"),
    pytest.param("dark", "fr", 320, id="dark-french-narrow"),
]


def public_pages(_world):
    return [
        reverse(name) for name in ("account_login", "account_reset_password", "portal:help", "portal:styleguide")
    ] + ["/no-such-page"]


def customer_pages(world):
    talk, solved = world["talk"].number, world["solved"].number
    return [
        *(
            reverse(name)
            for name in (
                "portal:home",
                "tickets:list",
                "tickets:new",
                "tickets:phone",
                "accounts:account",
                "accounts:contacts",
            )
        ),
        *(
            reverse(name)
            for name in (
                "accounts:contact_invite",
                "accounts:contact_import",
                "accounts:seat_history",
                "accounts:profile",
                "accounts:calendar",
                "accounts:tokens",
                "accounts:hours",
                "tickets:phone",
                "accounts:meetings",
                "accounts:engagement_new",
                "portal:mailbox",
                "portal:demo_clock",
                "account_change_password",
            )  # fmt: skip
        ),
        *(reverse(f"tickets:{name}", args=[talk]) for name in ("detail", "receipt", "why", "priority")),
        reverse("tickets:detail", args=[solved]),
        reverse("tickets:chat"),
        *(reverse("tickets:detail", args=[world[name].number]) for name in ("overdue", "merged", "twin", "told")),
        reverse("tickets:level_3", args=[talk]),
        reverse("tickets:level_3", args=[world["fresh"].number]),
        reverse("tickets:analyses"),
        world["analysis"].get_absolute_url(),
        world["analysis"].get_absolute_url() + "?version=2",
        # Only for who writes in another language; the narrow walk is French.
        reverse("tickets:language", args=[world["choosing"].number]),
    ]


def desk_pages(world):
    lists = (
        "tickets_ticket", "accounts_account", "accounts_contact", "accounts_contract", "accounts_seat",
        "accounts_meeting",
        "accounts_region", "accounts_agent", "accounts_user", "accounts_tierterms", "sla_target", "sla_calendar",
        "sla_clock", "portal_notice", "accounts_hoursyear", "accounts_engagement",
        "sla_clock", "portal_notice", "tickets_incomingmail",
        "sla_clock", "portal_notice", "tickets_call", "accounts_hoursyear", "accounts_engagement",
    )  # fmt: skip
    ticket = world["talk"]
    return [
        reverse("admin:index"),
        reverse("admin:chat"),
        *(reverse(f"admin:{name}_changelist") for name in lists),
        *(
            reverse("admin:tickets_ticket_change", args=[world[name].pk])
            for name in ("overdue", "fresh", "talk", "solved", "merged", "twin", "told")
        ),
        reverse("admin:tickets_ticket_changelist") + "?view=check_ins",
        reverse("admin:tickets_ticket_change", args=[world["told"].pk]) + "?mode=check_in",
        reverse("admin:tickets_ticket_change", args=[world["told"].pk]) + "?mode=skip",
        reverse("admin:tickets_ticket_merge", args=[world["fresh"].number]),
        reverse("admin:tickets_ticket_merge", args=[world["overdue"].number]) + f"?into={world['told'].number}",
        reverse("admin:tickets_ticket_merge", args=[world["overdue"].number]) + "?into=SUP-1",
        reverse("admin:tickets_ticket_open"),
        reverse("admin:tickets_ticket_changelist") + "?view=level_3",
        reverse("admin:tickets_rootcauseanalysis_changelist"),
        reverse("admin:tickets_rootcauseanalysis_change", args=[world["analysis"].number]),
        reverse("admin:tickets_rootcauseanalysis_preview", args=[world["analysis"].number]),
        reverse("admin:sla_attainment"),
        reverse("admin:sla_on_now"),
        reverse("admin:sla_rota_changelist"),
        reverse("admin:sla_rota_change", args=[world["rota"].pk]),
        reverse("admin:tickets_ticket_cover"),
        reverse("admin:accounts_awayperiod_changelist"),
        reverse("admin:sla_attainment") + "?by=agent&kind=response&period=days&from=2026-02-01&to=2026-01-01",
        reverse("admin:accounts_account_change", args=[ticket.account_id]),
        reverse("admin:accounts_contract_add"),
        reverse("admin:sla_calendar_change", args=[ticket.region.calendar.pk]),
    ]


def findings(page, url):
    page.goto(url)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.evaluate(AXE_SCRIPT)
    return [
        *(f"{url}: {rule}: {html}" for rule, html in page.evaluate(RUN, RULES)),
        *([f"{url}: scrolls sideways"] if wide else []),
    ]


def walk(browser, live_server, sign_in, person, urls, *, theme, language, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, reduced_motion="reduce"
    )
    refused: list[str] = []
    if person:
        person.user.language, person.user.theme = language, "system"
        person.user.save()
        sign_in(context, person)
    page = context.new_page()
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    found = [finding for url in dict.fromkeys(urls) for finding in findings(page, live_server.url + url)]
    context.close()
    return found + refused


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_public_pages(browser, live_server, sign_in, theme, language, width):
    urls = public_pages({})

    assert walk(browser, live_server, sign_in, None, urls, theme=theme, language=language, width=width) == []


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_customer_pages(browser, live_server, sign_in, desk_in_use, account_admin, theme, language, width):
    urls = customer_pages(desk_in_use)

    assert walk(browser, live_server, sign_in, account_admin, urls, theme=theme, language=language, width=width) == []


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_desk_pages(browser, live_server, sign_in, desk_in_use, administrator, theme, language, width):
    urls = desk_pages(desk_in_use)

    assert walk(browser, live_server, sign_in, administrator, urls, theme=theme, language=language, width=width) == []
