"""A call that waits."""

from portal.lib.clock import now
from tickets.calls.domain.asking import ask_for_call


def specimens(world):
    call = ask_for_call(by=world["contact"], number="+33 1 99 00 12 34", topic="The gate stays shut", now=now())
    values = {"pk": call.pk, "object_id": call.pk}
    return {"tickets:call_": values, "admin:tickets_call_": values, "api:call-": values}
