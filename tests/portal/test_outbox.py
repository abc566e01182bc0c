"""Rows that leave later: what a slow mail server may not do to them."""

from datetime import timedelta

from portal.lib import outbox
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_ticket


def test_a_batch_ends_before_another_worker_may_take_its_rows(requester, monkeypatch, mailoutbox):
    """Each mail takes 25 s here: after a minute the rest is left, still unclaimed, for the next run."""
    for _more in range(5):
        make_ticket(requester)
    watch = iter(range(0, 1000, 25))
    monkeypatch.setattr("portal.lib.outbox.time.monotonic", lambda: float(next(watch)))

    sent = outbox.deliver(now=MONDAY_9AM)

    assert (sent, len(mailoutbox)) == (2, 2)
    left = Notice.objects.filter(sent_at=None)
    assert set(left.values_list("attempts", "not_before")) == {(0, MONDAY_9AM)}
    assert left.count() == Notice.objects.count() - 2 >= 5
    assert timedelta(seconds=outbox.LONGEST) < outbox.LEASE
