"""The list of all acts (table.py), walked: each happens, and exactly the people it names get exactly these emails.

A silence is a decision with a reason, never something forgotten: an act without a row fails, and so does a row that
tells nobody without saying why.
"""

import re
from collections import Counter

import pytest
from django.db import transaction

from portal.lib import outbox
from portal.lib.notice import Notice
from portal.lib.notice_kinds import NAMES
from tests.acts import scenes, walking
from tests.acts.table import ROWS
from tests.faults.acts import ACTS
from tests.faults.world import NOW

SCENES = {**ACTS, **scenes.SCENES}
# Each stands in the test that is named here, because no act of a person or of one job alone makes it.
TOLD_ELSEWHERE = {
    "differences_found": "tests/tickets/verification/test_verification.py",
    "hours_expire": "tests/accounts/hours/test_hours.py",
    "staff_role": "tests/accounts/core/test_people.py",
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The small world, built once; each test takes back what it did there."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scenes.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch():
    with walking.watched() as called:
        yield called


def named(row):
    return sorted((kind, name) for kind, names in row.told.items() for name in names.split())


def words_of(mail):
    """What a reader sees, without links and headers."""
    return re.sub(r"http\S+", "", f"{mail.subject}\n{mail.body}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.act.split('.domain.')[1]}-{row.scene}")
@pytest.mark.django_db
def test_exactly_these_people_are_told(row, world, watch):
    scene = SCENES[row.scene]
    scene.before(world, NOW)
    last = walking.last_notice()
    watch.clear()

    scene.run(world, NOW)

    assert row.act in watch
    assert walking.told_since(last) == named(row)
    # Every email is written in the language of its reader, and in the other one just as well.
    for notice in Notice.objects.filter(pk__gt=last).select_related("recipient"):
        said = {}
        for language in ("fr", "en") if notice.recipient.language == "en" else ("en", "fr"):
            notice.recipient.language = language
            mail = outbox.render(notice)
            assert (mail.extra_headers["Content-Language"], mail.to) == (language, [notice.recipient.email])
            assert f'<html lang="{language}">' in mail.alternatives[0][0]
            said[language] = words_of(mail)
        assert said["en"] != said["fr"], notice.kind
        for words in said.values():
            assert not re.search(r"\{\{|\{%|%\(|\bNone\b", words), words


def test_every_act_of_the_product_has_a_row():
    assert sorted(walking.acts() - {row.act for row in ROWS}) == []


def test_every_row_is_an_act_of_the_product():
    assert sorted({row.act for row in ROWS} - walking.acts()) == []


def test_nobody_is_silently_left_out():
    assert [row.act for row in ROWS if not row.told and len(row.others.split()) < 3] == []
    assert [scene for scene, times in Counter((row.act, row.scene) for row in ROWS).items() if times > 1] == []


def test_every_kind_of_email_has_an_act_that_sends_it():
    sent = {kind for row in ROWS for kind in row.told}

    assert sorted(set(NAMES) - sent - set(TOLD_ELSEWHERE)) == []
    assert [kind for kind in TOLD_ELSEWHERE if kind in sent] == []
