"""No page in French has an English word on it that is not a name, or in somebody's own words."""

import pytest
from django.urls import reverse

from portal.lib.access import Role, rule_for
from portal.lib.permissions import DESK, TABLE
from portal.lib.zones import zone_names
from tests.french import Judge, texts_of
from tests.portal.test_permissions import OWN_ANSWER, ROUTES, address, pages, world  # noqa: F401

pytestmark = pytest.mark.django_db
# Names that stand on pages and in no row: zones keep their key beside the city, the columns of a file are fixed.
KNOWN = (*zone_names(), "email name language role region seat", "Prince’s Quarter", "IMAP_URL")
LEFT_OUT = OWN_ANSWER | {
    "portal:styleguide",  # shows English names of sample rows
    "portal:start",  # only sends on
}


def french_pages(role, world, client):  # noqa: F811
    person = world["people"][role]
    person.language = "fr"
    person.save(update_fields=["language"])
    client.force_login(person, backend="accounts.identity.backends.PersonBackend")
    for name in pages():
        if name in LEFT_OUT or role not in (rule_for(name, TABLE, DESK) or {}).get("GET", ()):
            continue
        response = client.get(address(name, world))
        if "html" in response.headers.get("Content-Type", ""):
            yield name, response


@pytest.mark.thorough
@pytest.mark.parametrize("role", [Role.MEMBER, Role.ACCOUNT_ADMIN, Role.LEAD, Role.ADMINISTRATOR], ids=str)
def test_french_pages_are_french(role, world, client):  # noqa: F811
    answers = list(french_pages(role, world, client))
    judge = Judge.of_the_database(KNOWN)
    found = {name: english for name, page in answers if (english := judge.english_in(page.content.decode()))}

    assert found == {}
    assert len(answers) > 20
    assert {response.headers["Content-Language"] for _name, response in answers} == {"fr"}


def test_the_pages_of_a_customer_who_has_nothing_yet_are_french(account_admin, client):
    """Empty lists and untouched forms, which pages with something on them do not show."""
    account_admin.user.language = "fr"
    account_admin.user.save(update_fields=["language"])
    client.force_login(account_admin.user, backend="accounts.identity.backends.PersonBackend")
    judge, found, forms = Judge.of_the_database(KNOWN), {}, 0
    for name in pages():
        may = Role.ACCOUNT_ADMIN in (rule_for(name, TABLE, DESK) or {}).get("GET", ())
        if name in LEFT_OUT or ROUTES[name] or not may:
            continue
        response = client.get(reverse(name))
        if response.status_code == 200 and "html" in response.headers.get("Content-Type", ""):
            page = response.content.decode()
            forms += "<select" in page
            if english := judge.english_in(page):
                found[name] = english

    assert found == {}
    assert forms > 3


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>P2 High</p>", {"P2 High": {"High"}}),
        ('<input type="submit" value="Save">', {"Save": {"Save"}}),
        ('<p>Bonjour <span lang="en">the end</span></p>', {}),
        ("<code>the end</code>", {}),
        ('<a aria-label="Add the ticket" href="/">+</a>', {"Add the ticket": {"Add", "the"}}),
        ("<td>Label printer prints every label twice</td>", {}),
        ("<td>Sujet : Label printer prints every label twice</td>", {}),
        ("<td>Label printer prints every…</td>", {}),
        ("<p>Nouveau ticket, priorité P1 Urgent</p>", {}),
    ],
)
def test_english_words_are_found_and_customers_are_not_corrected(html, found):
    judge = Judge(names=["Punctual"], texts=["Label printer prints every label twice"])

    assert judge.english_in(html) == found


def test_what_is_read_aloud_is_read():
    assert texts_of('<img alt="Plan"><script>the</script><p title="Titre">Texte</p>') == ["Plan", "Titre", "Texte"]
