"""What every entry hands in when it opens a ticket."""

from dataclasses import FrozenInstanceError, fields

import pytest

from portal.lib.errors import DomainError
from sla.core.enums import Priority
from tickets.core.domain.opening import OpenTicket
from tickets.core.enums import Channel
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def opening(requester, **fields):
    values = {"subject": "It fails", "body": "Since today.", "priority": Priority.HIGH, "channel": Channel.PORTAL}
    return OpenTicket(requester=requester, **(values | fields))


@pytest.mark.parametrize(
    ("subject", "body", "field"), [(" \n ", "Words.", "subject"), ("Words", " \n ", "body"), ("", "", "subject")]
)
def test_without_a_subject_or_a_description_there_is_nothing_to_open(requester, subject, body, field):
    with pytest.raises(DomainError) as refusal:
        opening(requester, subject=subject, body=body)

    assert (refusal.value.code, refusal.value.field, str(refusal.value)) == (
        "empty", field, "Enter a subject and a description.",
    )  # fmt: skip


def test_texts_are_as_they_are_stored_and_nothing_changes_afterwards(requester):
    new = opening(requester, subject="  Two \n lines ", body=" Words. ")

    assert (new.subject, new.body) == ("Two lines", "Words.")
    with pytest.raises(FrozenInstanceError):
        new.subject = "Other"


def test_every_field_is_a_column_of_the_ticket_or_does_something_else(requester):
    columns = opening(requester).columns()

    assert {field.name for field in fields(OpenTicket)} - set(columns) == {
        "body", "followers", "attachments",  # rows of their own
        "region", "language_choice", "live", "cause", "asked_at",  # what applies is decided in the act
    }  # fmt: skip
    assert set(columns) - {field.name for field in fields(OpenTicket)} == {"account"}
    assert set(columns) <= {column.name for column in Ticket._meta.get_fields()}
