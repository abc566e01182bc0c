"""Rows that leave later: what a slow mail server may not do to them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.lib import outbox
from portal.lib.mail_line import MailLine
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_ticket


def test_a_batch_ends_before_another_worker_may_take_its_rows(requester, monkeypatch, mailoutbox):
    """Each mail takes 25 s here: after a minute the rest is left, still unclaimed, for the next run."""
    for _more in range(5):
        make_ticket(requester)
    watch = iter(range(0, 1000, 25))
    monkeypatch.setattr("portal.lib.outbox.time", SimpleNamespace(monotonic=lambda: float(next(watch))))

    sent = outbox.deliver(now=MONDAY_9AM)

    assert (sent, len(mailoutbox)) == (2, 2)
    left = Notice.objects.filter(sent_at=None)
    assert set(left.values_list("attempts", "not_before")) == {(0, MONDAY_9AM)}
    assert left.count() == Notice.objects.count() - 2 >= 5
    assert timedelta(seconds=outbox.LONGEST) < outbox.LEASE


@pytest.fixture
def waiting(requester):
    """One mail that waits."""
    make_ticket(requester)
    notice = Notice.objects.filter(recipient=requester.user).earliest("pk")
    Notice.objects.exclude(pk=notice.pk).delete()
    return notice


def test_a_mail_that_a_killed_worker_held_leaves_once_and_when_its_lease_is_over(waiting, monkeypatch, mailoutbox):
    def killed(line, mail):
        raise KeyboardInterrupt

    with monkeypatch.context() as at_work:
        at_work.setattr(MailLine, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(now=MONDAY_9AM)

    second = timedelta(seconds=1)
    later = [0 * second, outbox.LEASE - second, outbox.LEASE, outbox.LEASE]
    assert [outbox.deliver(now=MONDAY_9AM + wait) for wait in later] == [0, 0, 1, 0]
    waiting.refresh_from_db()
    assert (len(mailoutbox), waiting.attempts, waiting.sent_at) == (1, 2, MONDAY_9AM + outbox.LEASE)


def test_a_mail_that_one_worker_is_sending_is_passed_by_by_the_others(waiting, monkeypatch, mailoutbox):
    send, others = MailLine.send, []

    def slow(line, mail):
        if not others:
            others.append(None)
            others[0] = outbox.deliver(now=MONDAY_9AM + timedelta(minutes=1))
        return send(line, mail)

    monkeypatch.setattr(MailLine, "send", slow)

    assert (outbox.deliver(now=MONDAY_9AM), others, len(mailoutbox)) == (1, [0], 1)
