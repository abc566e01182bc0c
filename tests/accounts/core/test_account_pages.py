"""Profile, account, contacts and seats through the browser: each act, each refusal with its non-effect."""

import re

import pytest
import time_machine

from accounts.core.domain import contacts
from accounts.core.enums import ContactRole, SeatState, Tier
from accounts.identity.domain.tokens import find_token
from accounts.models import ApiToken, Contact, Seat, User
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.errors import DomainError
from portal.models import Notice
from tests import factories
from tests.factories import MONDAY_9AM

INVITATION = {"email": "Zoe@Acme.test ", "name": "Zoé Martin", "language": "fr", "role": "member"}


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def words(response):
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("\xa0", " ").split())


# --- Profile ----------------------------------------------------------------------------------------------------------


def test_language_zone_and_theme_are_changed_by_their_owner(client_for, requester):
    client = client_for(requester)
    answer = client.post(
        "/account/profile/", {"name": "Marc P.", "language": "fr", "time_zone": "America/Toronto", "theme": "dark"}
    )
    requester.user.refresh_from_db()
    user = requester.user
    assert answer.status_code == 302
    assert (user.name, user.language, user.time_zone, user.theme) == ("Marc P.", "fr", "America/Toronto", "dark")
    assert client.get("/account/profile/")["Content-Language"] == "fr"


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Base"), ("language", "de"), ("theme", "pink"), ("name", " ")]
)
def test_a_profile_that_makes_no_sense_is_refused_and_not_saved(client_for, requester, field, value):
    good = {"name": "Marc P.", "language": "fr", "time_zone": "America/Toronto", "theme": "dark"}
    page = client_for(requester).post("/account/profile/", good | {field: value})
    assert page.status_code == 422
    assert (User.objects.get(pk=requester.user_id).name, page["Content-Language"]) == ("Marc Petit", "en")


def test_nobody_changes_more_than_the_form_holds(client_for, requester):
    client_for(requester).post(
        "/account/profile/",
        {"name": "M", "language": "en", "time_zone": "UTC", "theme": "dark", "email": "evil@x.test", "is_active": ""},
    )
    user = User.objects.get(pk=requester.user_id)
    assert (user.email, user.is_active) == ("marc@acme.test", True)


def test_staff_have_a_profile_too(client_for, agent):
    assert client_for(agent).get("/account/profile/").status_code == 200


# --- For whom one acts ------------------------------------------------------------------------------------------------


def test_one_acts_only_for_an_account_of_ones_own(client_for, requester, stranger, colleague):
    client = client_for(requester)
    answers = [client.post("/account/switch/", {"contact": pk}) for pk in (stranger.pk, colleague.pk, 0, "x")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Acme" in client.get("/home/").content.decode()


def test_the_choice_holds_on_the_next_page(client_for, requester, stranger):
    twin = Contact.objects.create(user=requester.user, account=stranger.account)
    client = client_for(requester)
    assert client.post("/account/switch/", {"contact": twin.pk})["Location"] == "/home/"
    assert client.get("/home/").context["contact"] == twin


# --- The account ------------------------------------------------------------------------------------------------------


def test_the_matrix_marks_the_row_of_the_reader(client_for, requester, colleague):
    def rows(person):
        return [(row.tier, row.mine, row.bought) for row in client_for(person).get("/account/").context["rows"]]

    assert rows(requester) == [
        ("platinum", False, False), ("gold", True, True), ("silver", False, False), ("standard", False, False),
    ]  # fmt: skip
    assert rows(colleague) == [
        ("platinum", False, False), ("gold", False, True), ("silver", False, False), ("standard", True, False),
    ]  # fmt: skip


def test_a_cell_says_the_figures_of_the_model(client_for, requester):
    cell = client_for(requester).get("/account/").context["rows"][1].cells[1]
    assert (cell.response, cell.coverage, cell.check_in) == (
        "3\xa0h", "24/7", "check-in every 4 business hours",
    )  # fmt: skip


def test_the_price_shows_to_administrators_only(client_for, requester, account_admin):
    assert "28,000" in words(client_for(account_admin).get("/account/"))
    assert "28,000" not in words(client_for(requester).get("/account/"))


def test_an_account_without_a_contract_reads_what_still_works(client_for, paris):
    person = factories.make_contact(
        factories.make_account("Plain", region=paris), "p@plain.test", role=ContactRole.ADMIN
    )
    page = client_for(person).get("/account/")
    assert page.status_code == 200
    assert "Plain has no contract in force today: Standard targets apply." in words(page)


# --- Contacts ---------------------------------------------------------------------------------------------------------


def test_an_invited_person_becomes_a_contact_and_gets_one_mail(client_for, account_admin):
    answer = client_for(account_admin).post("/account/contacts/invite/", INVITATION)
    invited = Contact.objects.get(user__email="zoe@acme.test")
    assert answer["Location"] == "/account/contacts/"
    assert (invited.account, invited.name, invited.user.language, invited.role, invited.user.time_zone) == (
        account_admin.account, "Zoé Martin", "fr", "member", "Europe/Paris",
    )  # fmt: skip
    assert not invited.user.has_usable_password()
    assert list(Notice.objects.filter(kind="welcome").values_list("recipient", "data")) == [
        (invited.user.pk, {"account": "Acme", "by": "Anna Roy"})
    ]


@pytest.mark.parametrize("email", ["marc@acme.test", " MARC@ACME.TEST. ", "ｍａｒｃ@acme.test", "marc\u200b@acme.test"])
def test_one_contact_per_normal_form_of_an_address(client_for, account_admin, requester, email):
    page = client_for(account_admin).post("/account/contacts/invite/", INVITATION | {"email": email})
    assert page.status_code == 422
    assert "is already a contact of Acme." in words(page)
    assert Contact.objects.filter(account=account_admin.account).count() == 2


def test_a_person_known_elsewhere_is_answered_like_an_unknown_one(client_for, account_admin, stranger):
    client = client_for(account_admin)
    known = client.post("/account/contacts/invite/", INVITATION | {"email": "bob@bravo.test"}, follow=True)
    unknown = client.post("/account/contacts/invite/", INVITATION | {"email": "new@bravo.test"}, follow=True)
    assert "Bravo" not in known.content.decode()
    assert [str(m) for m in known.context["messages"]] == ["Invitation sent to bob@bravo.test."]
    assert [str(m) for m in unknown.context["messages"]] == ["Invitation sent to new@bravo.test."]
    stranger.refresh_from_db()
    assert (stranger.account.name, stranger.user.contacts.count()) == ("Bravo", 2)


def test_an_invitation_leaves_the_person_in_the_account_they_acted_for(client_for, account_admin, stranger):
    client_for(account_admin).post("/account/contacts/invite/", INVITATION | {"email": "bob@bravo.test"})
    assert client_for(stranger).get("/home/").context["contact"] == stranger


def test_staff_are_not_invited_and_not_named(client_for, account_admin, agent):
    page = client_for(account_admin).post("/account/contacts/invite/", INVITATION | {"email": "lea@punctual.test"})
    assert page.status_code == 422
    assert "This address cannot be invited." in words(page)
    assert not agent.user.contacts.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no address"), ("name", ""), ("language", "de"), ("role", "owner"), ("region", "999")],
)
def test_an_invitation_that_makes_no_sense_invites_nobody(client_for, account_admin, field, value):
    page = client_for(account_admin).post("/account/contacts/invite/", INVITATION | {field: value})
    assert (page.status_code, Contact.objects.count(), Notice.objects.filter(kind="welcome").count()) == (422, 1, 0)


def test_administrators_of_another_account_do_not_stand_in(account_admin, stranger):
    """Bravo has two administrators and Acme one: Anna stays, whoever decides."""
    for name in ("bea", "ben"):
        factories.make_contact(stranger.account, f"{name}@bravo.test", role=ContactRole.ADMIN)

    with pytest.raises(contacts.LastAdmin):
        contacts.change(
            account_admin, role=ContactRole.MEMBER, region=None, phone="", is_active=True, by=stranger.user,
            now=MONDAY_9AM,
        )  # fmt: skip

    account_admin.refresh_from_db()
    assert account_admin.role == ContactRole.ADMIN


def test_a_foreign_region_invites_nobody(account_admin, tokyo):
    with pytest.raises(DomainError, match="Choose a region of the account"):
        contacts.invite(
            account_admin.account, email="z@acme.test", name="Z", language="en", role=ContactRole.MEMBER, region=tokyo,
            by=account_admin.user, now=MONDAY_9AM,
        )  # fmt: skip
    assert not User.objects.filter(email="z@acme.test").exists()


def test_a_contact_is_changed_by_an_administrator(client_for, account_admin, requester):
    client_for(account_admin).post(
        f"/account/contacts/{requester.pk}/", {"role": "admin", "phone": "+33 1 23", "is_active": "on"}
    )
    requester.refresh_from_db()
    assert (requester.role, requester.phone, requester.is_active) == ("admin", "+33 1 23", True)


@pytest.mark.parametrize("change", [{"role": "member", "is_active": "on"}, {"role": "admin"}])
def test_the_last_administrator_stays(client_for, account_admin, change):
    page = client_for(account_admin).post(f"/account/contacts/{account_admin.pk}/", change)
    account_admin.refresh_from_db()
    assert (page.status_code, account_admin.role, account_admin.is_active) == (422, "admin", True)


def test_members_change_nothing(client_for, requester, colleague, account_admin):
    client = client_for(requester)
    seat = Seat.objects.taken().get(contact=account_admin)
    for path in (
        "contacts/invite/", f"contacts/{colleague.pk}/", "seats/nominate/", f"seats/{seat.pk}/withdraw/",
        f"seats/{seat.pk}/replace/",
    ):  # fmt: skip
        assert client.get(f"/account/{path}").status_code == 403
        assert client.post(f"/account/{path}", INVITATION | {"contact": colleague.pk}).status_code == 403
    assert (Contact.objects.count(), Seat.objects.taken().count()) == (3, 2)


def test_people_and_seats_of_another_account_do_not_exist(client_for, account_admin, stranger, lead):
    factories.make_contract(factories.make_account("Cargo", region=stranger.account.home_region), Tier.GOLD)
    other = factories.make_contact(stranger.account.__class__.objects.get(name="Cargo"), "c@cargo.test")
    foreign = factories.seat(other, by=lead.user)
    client = client_for(account_admin)
    for path in (f"contacts/{stranger.pk}/", f"seats/{foreign.pk}/withdraw/", f"seats/{foreign.pk}/replace/"):
        assert client.get(f"/account/{path}").status_code == 404
        assert client.post(f"/account/{path}", {"role": "member", "contact": account_admin.pk}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == SeatState.ACTIVE


# --- Seats ------------------------------------------------------------------------------------------------------------


def test_a_free_seat_is_nominated(client_for, account_admin, requester, colleague):
    client_for(account_admin).post("/account/seats/nominate/", {"contact": colleague.pk})
    seat = Seat.objects.get(contact=colleague)
    assert (seat.number, seat.state, seat.nominated_by) == (3, SeatState.NOMINATED, account_admin.user)


def test_a_full_account_reads_what_it_can_do(client_for, account_admin, requester, colleague, lead):
    factories.seat(colleague, by=lead.user)
    fourth = factories.make_contact(account_admin.account, "four@acme.test")
    client = client_for(account_admin)
    asked, tried = (
        client.get("/account/seats/nominate/"),
        client.post("/account/seats/nominate/", {"contact": fourth.pk}),
    )
    assert (asked.status_code, tried.status_code) == (200, 409)
    assert "All 3 Premium seats" in words(asked)
    assert f'href="/account/seats/{Seat.objects.get(contact=requester).pk}/replace/"' in asked.content.decode()
    assert Seat.objects.taken().count() == 3


def test_a_contact_of_another_account_cannot_be_seated(client_for, account_admin, stranger):
    page = client_for(account_admin).post("/account/seats/nominate/", {"contact": stranger.pk})
    assert (page.status_code, Seat.objects.filter(contact=stranger).count()) == (422, 0)
    assert "Bob" not in page.content.decode()


def test_a_seat_is_withdrawn_after_a_question(client_for, account_admin, requester):
    seat = Seat.objects.taken().get(contact=requester)
    client = client_for(account_admin)
    assert client.get(f"/account/seats/{seat.pk}/withdraw/").status_code == 200
    seat.refresh_from_db()
    assert seat.state == SeatState.ACTIVE
    client.post(f"/account/seats/{seat.pk}/withdraw/")
    seat.refresh_from_db()
    assert seat.state == SeatState.WITHDRAWN


def test_a_seat_changes_hands_on_its_number(client_for, account_admin, requester, colleague):
    seat = Seat.objects.taken().get(contact=requester)
    client_for(account_admin).post(f"/account/seats/{seat.pk}/replace/", {"contact": colleague.pk})
    assert list(Seat.objects.taken().order_by("number").values_list("number", "contact", "state")) == [
        (1, account_admin.pk, "active"), (2, colleague.pk, "nominated"),
    ]  # fmt: skip


def test_seats_over_the_limit_are_shown(client_for, account_admin, requester, colleague, lead):
    factories.seat(colleague, by=lead.user)
    contract = account_admin.account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    contract.save()
    page = client_for(account_admin).get("/account/contacts/")
    assert [seat.number for seat in page.context["plan"].over_limit] == [3]
    assert "over the limit" in words(page)
    assert seats.seat_plan(account_admin.account, MONDAY_9AM).used == 3


def test_the_contacts_page_costs_the_same_however_many_people(client_for, account_admin, django_assert_num_queries):
    client = client_for(account_admin)
    client.get("/account/contacts/")
    with django_assert_num_queries(8):
        client.get("/account/contacts/")
    for n in range(5):
        factories.make_contact(account_admin.account, f"p{n}@acme.test")
    with django_assert_num_queries(8):
        client.get("/account/contacts/")


def test_hostile_names_are_words(client_for, account_admin):
    evil = '"><script>alert(1)</script>'
    client = client_for(account_admin)
    client.post("/account/contacts/invite/", INVITATION | {"name": evil})
    for path in ("/account/contacts/", "/account/seats/nominate/", "/tickets/new/"):
        page = client.get(path).content.decode()
        assert ("&gt;&lt;script&gt;alert(1)" in page, "<script>alert(1)" in page) == (True, False), path


# --- Tokens -----------------------------------------------------------------------------------------------------------

TOKEN = {"name": "Our script", "scopes": ["read"], "days": "90"}


def test_a_token_is_shown_once(client_for, requester):
    client = client_for(requester)
    made = client.post("/account/tokens/", TOKEN)
    token, secret = ApiToken.objects.get(), made.context["secret"]
    assert (token.user, token.contact, token.scopes, find_token(secret, now=MONDAY_9AM)) == (
        requester.user, requester, ["read"], token,
    )  # fmt: skip
    assert (secret in made.content.decode(), made["Cache-Control"]) == (True, "no-store")
    assert secret not in client.get("/account/tokens/").content.decode()


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("scopes", ["root"]), ("scopes", []), ("days", "9999")])
def test_a_token_that_makes_no_sense_is_not_made(client_for, requester, field, value):
    page = client_for(requester).post("/account/tokens/", TOKEN | {field: value})
    assert (page.status_code, ApiToken.objects.count()) == (422, 0)


def test_a_token_is_revoked_by_its_owner_or_the_account_administrator(client_for, requester, account_admin, colleague):
    client_for(requester).post("/account/tokens/", TOKEN)
    token = ApiToken.objects.get()
    assert client_for(colleague).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert client_for(account_admin).post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == MONDAY_9AM


def test_tokens_of_another_account_do_not_exist(client_for, requester, stranger):
    client_for(requester).post("/account/tokens/", TOKEN)
    client = client_for(stranger)
    assert client.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "Our script" not in client.get("/account/tokens/").content.decode()


def test_the_welcome_mail_leads_in(account_admin, mailoutbox, settings):
    contacts.invite(
        account_admin.account, email="zoe@acme.test", name="Zoé", language="en", role=ContactRole.MEMBER, region=None,
        by=account_admin.user, now=MONDAY_9AM,
    )  # fmt: skip
    outbox.deliver(now=MONDAY_9AM)
    mail = mailoutbox[-1]
    assert (mail.to, mail.subject) == (["zoe@acme.test"], "Your invitation to the Acme support portal")
    assert f"{settings.SITE_URL}/password/new/" in mail.body
    assert "Anna Roy invites you to the support portal of Acme." in mail.body


def test_who_has_a_password_is_led_to_the_sign_in_page(account_admin, stranger, mailoutbox, settings):
    contacts.invite(
        account_admin.account, email="bob@bravo.test", name="Robert", language="fr", role=ContactRole.MEMBER,
        region=None, by=account_admin.user, now=MONDAY_9AM,
    )  # fmt: skip
    outbox.deliver(now=MONDAY_9AM)
    assert f"{settings.SITE_URL}/sign-in/" in mailoutbox[-1].body
    stranger.user.refresh_from_db()
    assert (stranger.user.name, stranger.user.language) == ("Bob", "en")
