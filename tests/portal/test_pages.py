"""The pages of the site as a whole: start, language, appearance, style guide, refusals."""

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from portal.errors import server_error
from tests import factories

pytestmark = pytest.mark.django_db


def test_one_starts_where_ones_work_is(client_for, requester, agent):
    assert client_for(requester).get("/").headers["Location"] == "/home/"
    assert client_for(agent).get("/").headers["Location"] == "/desk/"


def test_somebody_without_an_account_is_told_why(client):
    person = factories.make_user("nobody@nowhere.test")
    client.force_login(person, backend="accounts.identity.backends.PersonBackend")

    assert "You are not a contact of any account yet" in client.get("/").content.decode()


def test_a_stranger_chooses_a_language_by_cookie(client):
    client.post("/language", {"language": "fr", "next": "/sign-in/"})

    assert client.get("/sign-in/").headers["Content-Language"] == "fr"


def test_a_person_keeps_the_language_in_the_profile(client_for, requester):
    response = client_for(requester).post("/language", {"language": "fr", "next": "/tickets/?tab=mine"})
    requester.user.refresh_from_db()

    assert response.headers["Location"] == "/tickets/?tab=mine"
    assert requester.user.language == "fr"


@pytest.mark.parametrize("code", ["", "xx", "../en", "en\r\nSet-Cookie: a=b", "x" * 10_000])
def test_an_unknown_language_changes_nothing(client_for, requester, code):
    """#195"""
    response = client_for(requester).post("/language", {"language": code, "next": "//evil.example"})
    requester.user.refresh_from_db()

    assert (response.headers["Location"], requester.user.language) == ("/", "en")
    assert "django_language" not in response.cookies


def test_the_appearance_is_kept_in_the_profile_or_in_a_cookie(client_for, requester):
    stranger = Client()
    stranger.post("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in stranger.get("/sign-in/").content.decode()

    client = client_for(requester)
    client.post("/theme", {"theme": "light"})
    requester.user.refresh_from_db()
    assert requester.user.theme == "light"
    assert 'data-theme="light"' in client.get("/help/").content.decode()


def test_an_unknown_appearance_changes_nothing(client):
    client.post("/theme", {"theme": '"><script>'})
    client.cookies["theme"] = '"><script>'

    assert 'data-theme="system"' in client.get("/sign-in/").content.decode()


def test_the_style_guide_exists_in_demonstration_mode_only(client, settings):
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200
    settings.DEMO = False
    assert client.get("/styleguide/").status_code == 404


def test_sample_people_stand_on_the_sign_in_page_in_demonstration_mode_only(client, settings):
    settings.DEMO = True
    assert "kestrel-air.example" in client.get("/sign-in/").content.decode()
    settings.DEMO = False
    assert "kestrel-air.example" not in client.get("/sign-in/").content.decode()


def test_a_broken_page_answers_without_anything_else_that_may_be_broken(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.request_id = "req_1"
    with django_assert_num_queries(0):
        response = server_error(request)

    assert response.status_code == 500
    assert "req_1" in response.content.decode()


@pytest.mark.parametrize("path", ["/sign-in/", "/help/", "/password/reset/", "/no-such-page"])
def test_pages_hold_no_inline_style_or_script(client, path):
    page = client.get(path).content.decode()

    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize(
    ("template", "html"),
    [
        ("{{ 72|duration }}", "1\xa0h\xa012\xa0min"),
        ("{{ size|filesize_short }}", "1.2\xa0MB"),
        ("{{ 340000|filesize_short }}", "340\xa0kB"),
        ("{{ 12|filesize_short }}", "12\xa0B"),
        ("{{ zone|city }}", "Buenos Aires"),
        ("{% moment nothing %}", ""),
        ("{% clock_chip nothing %}", ""),
        ("{{ bad|markdown }}", "<p>&lt;i&gt;</p>\n"),
    ],
)
def test_tags_and_filters(template, html):
    values = {"size": 1_234_567, "zone": "America/Argentina/Buenos_Aires", "nothing": None, "bad": "<i>"}

    assert Template(template).render(Context(values)) == html
