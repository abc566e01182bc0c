"""The fixture `demonstration`: its rows are there for each test of a module, and what a test writes is not."""

import pytest
from django.core.files.storage import default_storage

from portal.demo import SIGN_INS
from sla.models import Target
from tickets.models import Attachment, Ticket

pytestmark = [pytest.mark.usefixtures("demonstration", "db"), pytest.mark.servers]


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_the_rows_as_they_were_seeded(time):
    assert (Target.objects.count(), Ticket.objects.filter(subject="written by a test").count()) == (16, 0)

    assert Ticket.objects.update(subject="written by a test") >= 60


@pytest.mark.parametrize("who", [email for _, email, _ in SIGN_INS])
def test_whoever_may_sign_in_finds_a_page(client, who):
    assert client.login(username=who, password="on time, every time")

    assert client.get("/", follow=True).status_code == 200


def test_the_files_of_the_demonstration_lie_in_the_storage():
    stored = Attachment.objects.exclude(message=None)

    assert stored.exists()
    assert [a.size for a in stored] == [default_storage.size(a.path) for a in stored]
