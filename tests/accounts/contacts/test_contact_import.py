"""Contacts from a table: tried, then taken whole or not at all (#185); the cap of seats holds (#88)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.contacts.domain import import_contacts, text_of
from accounts.models import Contact, Seat, User
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db
GOOD = "email,name,language,role,region,seat\nzoe@acme.test,Zoé Noir,fr,member,france,yes\nyan@acme.test,Yan,,,,\n"


def counted():
    return Contact.objects.count(), User.objects.count(), Seat.objects.count(), Notice.objects.count()


def errors(account, text, by, *, trial=False):
    outcome = import_contacts(account, text, by=by, now=MONDAY_9AM, trial=trial)
    return outcome.stored, [(line.number, line.error) for line in outcome.lines]


def test_a_trial_stores_nothing_and_the_import_everything(account, account_admin, requester):
    before = counted()
    assert errors(account, GOOD, account_admin.user, trial=True) == (False, [(2, ""), (3, "")])
    assert counted() == before

    assert errors(account, GOOD, account_admin.user) == (True, [(2, ""), (3, "")])
    zoe = Contact.objects.get(user__email="zoe@acme.test")
    assert (zoe.name, zoe.user.language, zoe.region.code, zoe.seats.get().number) == ("Zoé Noir", "fr", "france", 3)
    assert counted() == (before[0] + 2, before[1] + 2, before[2] + 1, before[3] + 2)


def test_one_wrong_row_keeps_all_out_and_each_row_says_what_is_wrong(account, account_admin, stranger):
    before = counted()
    text = (
        "email;name;language;role;region;seat\nzoe@acme.test;Zoé;;;;\nnowhere;A;;;;\n\nb@acme.test;;;;;\n"
        "c@acme.test;C;de;;;\nd@acme.test;D;;boss;;\ne@acme.test;E;;;apac;\nf@acme.test;F;;;;maybe\n"
        f"anna@acme.test;Anna;;;;\ng@acme.test;{'G' * 400};;;;\nzoe@ACME.test;Zoé;;;;\n"
    )

    assert errors(account, text, account_admin.user) == (
        False,
        [
            (2, ""), (3, "Enter an email address such as name@example.com."), (5, "Enter a name."),
            (6, "Enter the language as en or fr."), (7, "Enter the role as admin or member."),
            (8, "Enter one of these regions: france."), (9, "Enter yes or no under seat."),
            (10, "anna@acme.test is already a contact of Acme."),
            (11, "Enter at most 300 characters; you entered 400."),
            (12, "zoe@acme.test is already a contact of Acme."),
        ],
    )  # fmt: skip
    assert counted() == before


def test_the_cap_of_seats_holds_in_a_table_too(account, account_admin, requester):
    """#88 One seat is free: the second row that wants one is refused, and with it the table."""
    text = "email,name,seat\na@acme.test,A,yes\nb@acme.test,B,oui\n"

    stored, lines = errors(account, text, account_admin.user)

    assert (stored, lines[0], lines[1][1][:38]) == (False, (2, ""), "All 3 Premium seats of the contract ar")
    assert Seat.objects.taken().count() == 2


def test_as_many_rows_as_are_allowed_are_not_too_many(account, account_admin, monkeypatch):
    monkeypatch.setattr("accounts.contacts.domain.MOST_ROWS", 3)
    three = "email,name\n" + "".join(f"p{n}@acme.test,P{n}\n" for n in range(3))

    with pytest.raises(DomainError) as refusal:
        errors(account, three + "p4@acme.test,P4\n", account_admin.user)
    assert (refusal.value.code, account.contacts.count()) == ("too_many", 1)

    assert errors(account, three, account_admin.user) == (True, [(2, ""), (3, ""), (4, "")])
    assert account.contacts.count() == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_columns"),
        ("name\nA\n", "bad_columns"),
        ("email,name,account\na@acme.test,A,2\n", "bad_columns"),
        ("email,email,name\n", "bad_columns"),
        (",".join(f"c{n}" for n in range(50_000)), "not_text"),
        ("email,name\n", "empty"),
        ("email,name\na\x00@acme.test,A\n", "not_text"),
        ("email,name\n" + "a@acme.test,A\n" * 201, "too_many"),
        ("email,name\n" + '"' + "a" * 200_000 + "\n", "not_text"),
    ],
    ids=[
        "nothing",
        "no address",
        "foreign account",
        "twice",
        "many columns",
        "no rows",
        "nul",
        "many rows",
        "one cell",
    ],
)
def test_what_is_no_such_table_is_refused_whole(account, account_admin, text, code):
    """#185 No column names another account, and no table is too wide, too long or too strange to be answered."""
    before = counted()
    with pytest.raises(DomainError) as refusal:
        import_contacts(account, text, by=account_admin.user, now=MONDAY_9AM, trial=False)

    assert (refusal.value.code, counted()) == (code, before)


def refusal_of(account, text, by):
    with pytest.raises(DomainError) as refusal:
        import_contacts(account, text, by=by, now=MONDAY_9AM, trial=False)
    return refusal.value


def test_the_size_of_a_file_and_of_a_table_may_be_just_the_limit(account, account_admin):
    full = "email,name\n" + "\n" * (256 * 1024 - 11)

    assert text_of(full.encode()) == full
    assert refusal_of(account, full, account_admin.user).code == "empty"
    assert refusal_of(account, full + "\n", account_admin.user).code == "not_text"
    with pytest.raises(DomainError, match=r"^The file is larger than 256 kB\. Send it in parts\.$"):
        text_of(full.encode() + b"\n")


def test_two_hundred_rows_and_a_cell_of_three_hundred_characters_are_taken_and_no_more(account, account_admin):
    rows = [f"p{n}@acme.test,P" for n in range(199)]
    long = f"long@acme.test,{'L' * 300}"

    outcome = import_contacts(
        account, "\n".join(["email,name", *rows, long]), by=account_admin.user, now=MONDAY_9AM, trial=True
    )

    assert (len(outcome.lines), outcome.errors) == (200, [])
    assert import_contacts(account, f"email,name\n{long}\n", by=account_admin.user, now=MONDAY_9AM, trial=False).stored
    assert Contact.objects.get(user__email="long@acme.test").name == "L" * 120
    assert errors(account, f"email,name\nm@acme.test,{'L' * 301}\n", account_admin.user) == (
        False, [(2, "Enter at most 300 characters; you entered 301.")],
    )  # fmt: skip


def test_an_outcome_names_the_rows_that_keep_the_table_out_and_who_wants_a_seat(account, account_admin):
    text = "email,name,seat\na@acme.test,A,oui\nb@acme.test,,no\n"

    outcome = import_contacts(account, text, by=account_admin.user, now=MONDAY_9AM, trial=False)

    assert [line.wants_seat for line in outcome.lines] == [True, False]
    assert [(line.number, line.email) for line in outcome.errors] == [(3, "b@acme.test")]


def test_a_row_may_be_shorter_or_longer_than_the_first_line(account, account_admin):
    text = "email,name,language\nzoe@acme.test,Zoé\nyan@acme.test,Yan,fr,more\n"

    assert errors(account, text, account_admin.user) == (True, [(2, ""), (3, "")])
    assert Contact.objects.get(user__email="yan@acme.test").user.language == "fr"


def test_a_region_of_another_account_is_refused_by_the_names_of_ours(account, account_admin, tokyo, london):
    account.regions.add(london)

    assert errors(account, "email,name,region\nzoe@acme.test,Zoé,apac\n", account_admin.user) == (
        False, [(2, "Enter one of these regions: emea, france.")],
    )  # fmt: skip


def test_a_table_with_other_columns_hears_which_ones_there_are(account, account_admin):
    refusal = refusal_of(account, "email,name,account\na@acme.test,A,2\n", account_admin.user)

    assert str(refusal) == (
        "The first line names the columns: email, name and, optionally, language, role, region, seat. "
        "Remove other columns."
    )


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_checks_a_file_keeps_the_table_and_takes_it(client_for, account_admin):
    client, page = client_for(account_admin), reverse("accounts:contact_import")
    file = SimpleUploadedFile("people.csv", GOOD.encode("utf-8-sig"))
    checked = client.post(page, {"file": file, "check": "1"})
    assert (checked.status_code, checked.context["form"]["text"].value()) == (200, GOOD)
    assert not User.objects.filter(email="zoe@acme.test").exists()

    taken = client.post(page, {"text": checked.context["form"]["text"].value(), "import": "1"})
    assert taken.status_code == 302
    assert Contact.objects.filter(account=account_admin.account, user__email="zoe@acme.test").exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00e", "email,name\nb@acme.test,Zoé\n".encode("latin-1"), b"a" * 300_000])
def test_a_file_that_cannot_be_read_is_refused_at_its_field(client_for, account_admin, data):
    """#185"""
    answer = client_for(account_admin).post(
        reverse("accounts:contact_import"), {"file": SimpleUploadedFile("x.csv", data), "import": "1"}
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_members_import_nobody(client_for, requester):
    answer = client_for(requester).post(reverse("accounts:contact_import"), {"text": GOOD, "import": "1"})

    assert (answer.status_code, User.objects.filter(email="zoe@acme.test").exists()) == (403, False)
