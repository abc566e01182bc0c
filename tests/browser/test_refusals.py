"""After a refusal the focus is on what was wrong: on every form, and also when the address still names a field."""

import pytest
from django.urls import reverse

from tests.browser.test_drafts import photograph
from tests.factories import make_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
SUMMARY = ".error-summary, .d-refusal[role=alert], .errornote, .notice--error"
# A form in which something is written, not the small ones of one button.
WRITTEN = "input:visible:not([type=radio]):not([type=checkbox]):not([type=file])"
FORM = f"main form[method=post]:has(textarea:visible, {WRITTEN})"
HAS_FOCUS = f"document.activeElement && document.activeElement.matches('{SUMMARY}')"


EMPTY = """(form) => {
    document.documentElement.dataset.before = "";
    form.noValidate = true;
    for (const field of form.elements) {
        if (field.matches("textarea, input:not([type=hidden], [type=submit], [type=radio], [type=checkbox])"))
            field.value = "";
        if (field.matches("input[type=radio]")) field.checked = false;
    }
}"""
SEND = """(form) => form.requestSubmit([...form.elements].find((one) => one.matches("[name=_save]")) || undefined)"""


def refuse(page, form):
    """
    Send the form with every text emptied, past the browser's own checks, and wait for the next page.

    Not by `wait_for_function`: its second look is an `eval`, which the policy of the pages forbids.
    """
    page.evaluate(EMPTY, form)
    form.evaluate(SEND)
    page.locator("html:not([data-before])").wait_for(state="attached")
    page.wait_for_load_state()
    page.wait_for_timeout(60)


PORTAL = {
    "tickets:new": [], "tickets:reply": None, "tickets:priority": None, "tickets:level_3": None, "tickets:phone": [],
    "accounts:contact_invite": [], "accounts:tokens": [], "accounts:profile": [],
    "account_change_password": [],
}  # fmt: skip
DESK = {
    "admin:tickets_ticket_change": None, "admin:accounts_awayperiod_changelist": [], "admin:accounts_contact_add": [],
    "admin:accounts_agent_add": [], "admin:accounts_user_add": [], "admin:accounts_account_add": [],
    "admin:sla_calendar_add": [],
}  # fmt: skip


@pytest.mark.parametrize("face", ["portal", "desk"])
def test_the_summary_has_the_focus_after_each_refusal(face, open_context, sign_in, account_admin, administrator):
    ticket = make_ticket(account_admin)
    pages, person = {"portal": (PORTAL, account_admin), "desk": (DESK, administrator)}[face]
    context = open_context()
    sign_in(context, person)
    page, wrong = context.new_page(), []
    page.set_default_timeout(5000)
    for name, arguments in pages.items():
        page.goto(reverse(name, args=[ticket.number] if arguments is None else arguments))
        for time in ("first", "after a link of the summary"):
            form = page.locator(FORM).first
            refuse(page, form.element_handle())
            if not page.evaluate(HAS_FOCUS):
                wrong.append((name, time, page.url, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")))
                break
            link = page.locator(f":is({SUMMARY}) a[href^='#']")
            if link.count():
                link.first.click()
                assert "#" in page.url
        photograph(page, f"refused-{name.replace(':', '-')}")

    assert wrong == []
