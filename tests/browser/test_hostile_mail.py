"""Hostile HTML (#138 to #140) in a real browser without its Content Security Policy: the cleaning alone must hold."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.lib.clock import now
from tests import factories
from tests.mails.build import html, plain
from tests.mails.hostile import payloads
from tickets.core.domain.conversation import add_note, reply_as_customer
from tickets.core.enums import Channel
from tickets.mail.domain import sorting
from tickets.mail.domain.intake import store
from tickets.mail.domain.reading import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whatever could run or load lies in these; messages are text, links, lists, tables and code.
DANGEROUS = """() => [...document.querySelectorAll('.prose *, .d-prose *')].flatMap(element => [
    ...(/^(script|style|iframe|object|embed|form|input|button|link|meta|base|svg|math|img|video|audio|template)$/i
        .test(element.localName) ? [element.outerHTML] : []),
    ...[...element.attributes].filter(attribute =>
        /^on|^style$|^id$|^name$|^src|^action|^formaction/i.test(attribute.name)
        || (attribute.name === 'href' && !/^(https?:|mailto:|tel:|[/#])/i.test(attribute.value)))
        .map(attribute => element.outerHTML)])"""


@pytest.fixture
def visit(open_context, live_server, sign_in):
    """`visit(person, path)`: what ran, what was asked of other hosts, and what dangerous elements the page holds."""

    def look(person, path):
        context = open_context(bypass_csp=True)
        sign_in(context, person)
        page, foreign, dialogs = context.new_page(), [], []
        page.on("request", lambda asked: asked.url.startswith(live_server.url) or foreign.append(asked.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(path)
        page.mouse.move(400, 500)
        page.wait_for_timeout(300)
        assert page.url == live_server.url + path
        return page.evaluate("window.pwned || 0"), dialogs, foreign, page.evaluate(DANGEROUS)

    return look


def test_there_are_enough_of_them():
    assert len(set(payloads())) >= 100


def test_nothing_runs_and_nobody_is_called_from_a_ticket(visit, requester, lead):
    ticket = factories.make_ticket(requester, now=now() - timedelta(hours=1))
    for number, payload in enumerate(payloads()):
        at = now() - timedelta(minutes=50) + timedelta(seconds=number)
        for raw in (html(f"<p>Read this.</p>{payload}<p>Regards</p>"), plain(f"Read this.\n\n{payload}\n\nRegards")):
            text = read(raw.encode()).text
            reply_as_customer(ticket, body=text, by=requester, channel=Channel.EMAIL, now=at)
        # As written, past the reading of mail: whoever types into the portal may write the same.
        add_note(ticket, body=payload, by=lead.user, now=at)

    for person, path in (
        (requester, ticket.get_absolute_url() + "?all"),
        (lead, reverse("admin:tickets_ticket_change", args=[ticket.number]) + "?all"),
    ):
        assert visit(person, path) == (0, [], [], [])


def test_nothing_runs_on_the_page_of_a_held_mail(visit, lead):
    together = "\n".join(payloads())
    subject = "<img src=x onerror=window.pwned=1>"
    rows = []
    for raw in (
        html(together, sender="E <eve@elsewhere.test>", subject=subject),
        plain(together, sender=f'"{subject}" <eve@elsewhere.test>'),
    ):
        row, _new = store(raw.encode(), mailbox="box", now=now())
        rows.append(sorting.process(row.pk, now=now()))

    for path in [reverse("admin:tickets_incomingmail_change", args=[row.pk]) for row in rows]:
        assert visit(lead, path) == (0, [], [], [])
    assert visit(lead, reverse("admin:tickets_incomingmail_changelist")) == (0, [], [], [])
