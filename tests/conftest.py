"""The small cast: an account with people of each kind, staff of each role, and strangers who must see nothing."""

import gc

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware

# Whatever says `from portal.lib.clock import now` is loaded before any test gives the watch another hand.
import portal.urls  # noqa: F401
import tickets.management.commands.verify_clocks
import tickets.management.commands.what_if  # noqa: F401
from accounts.core.enums import ContactRole, StaffRole, Tier
from portal.lib import demo_clock
from sla.core.domain import calendars
from tests import databases, factories, servers

# One process, where nobody else moves the time: no query asks whether somebody did.
FOR_EVER = float("inf")
demo_clock.cache_row(None, seconds=FOR_EVER)

# A slow hash is for attackers; the suite makes hundreds of people.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A server looks for its static files once, at its start; every test client would be such a start.
_found_files = {}
_look_for_files = WhiteNoiseMiddleware.add_files_from_finders


def _remember_files(middleware):
    if not _found_files:
        _look_for_files(middleware)
        _found_files.update(middleware.files)
    middleware.files.update(_found_files)


WhiteNoiseMiddleware.add_files_from_finders = _remember_files

# After a test that commits, the database is the migrated one again, figures of the support model included; Django would
# empty it and lose them.
TransactionTestCase._fixture_teardown = lambda _test: databases.clean()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """In the place of the one of pytest-django, which migrates a database for each worker."""
    with django_db_blocker.unblock():
        databases.set_up()
    yield
    with django_db_blocker.unblock():
        databases.tear_down()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if servers.fits(item):
            item.add_marker(pytest.mark.servers)


def pytest_collection_finish():
    # What is loaded by now stays until the end.
    gc.freeze()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        databases.drop_templates()


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """
    Every test of the module finds the demonstration of `seed_demo` in its database, seeded at the present moment.

    It is seeded once a run and copied in milliseconds; what a test writes is gone after it, and its files lie in
    MEDIA_ROOT. The module says it once for all of its tests, because they all find the same rows:

        pytestmark = pytest.mark.usefixtures("demonstration", "db")
    """
    with django_db_blocker.unblock():
        databases.demonstrate()
        yield
        databases.forget()


@pytest.fixture(scope="module", autouse=True)
def _fresh_memories_of_a_module():
    """Before rows that a module makes once: a snapshot of an earlier test's calendar would count their due times."""
    calendars.calendar_snapshot.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_memories():
    """Keys of calendars are used again in the next test, in production never; and limits do not carry over."""
    calendars.calendar_snapshot.cache_clear()
    cache.clear()
    demo_clock.cache_row(None, seconds=FOR_EVER)


@pytest.fixture(autouse=True)
def _files_in_a_temporary_folder(request, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    if "demonstration" in request.fixturenames:
        databases.copy_files(tmp_path)


@pytest.fixture
def paris(db):
    return factories.make_region("france")


@pytest.fixture
def london(db):
    return factories.make_region("emea", time_zone="Europe/London", country="GB", hours=("09:00", "17:30"))


@pytest.fixture
def toronto(db):
    return factories.make_region(
        "canada-east", time_zone="America/Toronto", country="CA", subdivision="ON", hours=("09:00", "17:00")
    )


@pytest.fixture
def tokyo(db):
    return factories.make_region("apac", time_zone="Asia/Tokyo", country="JP")


@pytest.fixture
def administrator(db):
    return factories.make_agent("root@punctual.test", name="Root", role=StaffRole.ADMINISTRATOR)


@pytest.fixture
def lead(db):
    return factories.make_agent("nadia@punctual.test", name="Nadia", role=StaffRole.LEAD)


@pytest.fixture
def agent(db):
    return factories.make_agent("lea@punctual.test", name="Léa", language="fr")


@pytest.fixture
def account(paris):
    """A Gold account in Paris."""
    return factories.make_account("Acme", region=paris, tier=Tier.GOLD)


@pytest.fixture
def account_admin(account, lead):
    """Anna administers Acme and holds seat 1."""
    contact = factories.make_contact(account, "anna@acme.test", name="Anna Roy", role=ContactRole.ADMIN)
    factories.seat(contact, by=lead.user)
    return contact


@pytest.fixture
def requester(account, account_admin, lead):
    """Marc is a member of Acme and holds seat 2: Gold targets apply to him."""
    contact = factories.make_contact(account, "marc@acme.test", name="Marc Petit")
    factories.seat(contact, by=lead.user)
    return contact


@pytest.fixture
def colleague(account):
    """Noé is a member of Acme without a seat: Standard targets apply to him."""
    return factories.make_contact(account, "noe@acme.test", name="Noé Blanc", language="fr")


@pytest.fixture
def stranger(paris):
    """Bob belongs to another account."""
    return factories.make_contact(
        factories.make_account("Bravo", region=paris, tier=Tier.STANDARD), "bob@bravo.test", name="Bob"
    )


@pytest.fixture
def client_for(db, client):
    """
    `client_for(contact_or_agent)`: a browser signed in as this person.

    It names `db`, because tests that name no database run last, after those that empty it.
    """

    def sign_in(person):
        client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
        return client

    return sign_in


@pytest.fixture
def ticket(requester):
    """A P3 of Marc, opened on a Monday at 10:00 in Paris."""
    return factories.make_ticket(requester)
