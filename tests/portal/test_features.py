"""Rooms are plugged in at start, with their hooks, jobs and mails; a wrong declaration stops the start."""

from datetime import timedelta
from importlib import import_module

import pytest

from portal.features import FEATURES, beat_schedule
from portal.lib.feature import Feature, Hook, Job, Misdeclared, Slot, plug_in
from tickets.core.hooks import on_solved


def _on_closed(ticket, *, by, now):
    """What a function of this hook takes."""


def _add(done):
    def add(ticket, *, by, now):
        done.append((ticket, by, now))

    return add


def test_a_hook_calls_the_functions_of_the_rooms_in_the_order_of_the_list():
    hook, first, second = Hook(_on_closed), [], []
    rooms = [
        Feature(room="a", hooks=[hook.calls(_add(first))]),
        Feature(room="b", hooks=[hook.calls(_add(second)), hook.calls(lambda ticket, *, by, now: second.append(now))]),
    ]

    plug_in(rooms)
    plug_in(rooms)
    hook("SUP-1", by=None, now=9)

    assert (first, second) == ([("SUP-1", None, 9)], [("SUP-1", None, 9), 9])


def test_a_function_of_another_shape_is_refused_with_both_shapes():
    hook = Hook(_on_closed)

    def wrong(ticket, *, now): ...

    with pytest.raises(Misdeclared, match=r"wrong takes \(ticket, now\), but .*_on_closed passes \(ticket, by, now\)"):
        hook.calls(wrong)
    assert list(hook) == []


def test_a_room_or_a_job_that_is_listed_twice_stops_the_start_before_a_hook_is_filled():
    hook = Hook(_on_closed)
    room = Feature(room="a", hooks=[hook.calls(_add([]))], jobs=[Job("count", "a.count", timedelta(seconds=5))])

    with pytest.raises(Misdeclared, match=r"The room a is listed twice in portal/features\.py"):
        plug_in([room, room])
    with pytest.raises(Misdeclared, match=r"The job a\.count is listed twice"):
        plug_in([room, Feature(room="b", jobs=room.jobs)])
    assert list(hook) == []


@pytest.mark.parametrize(("seconds", "expires"), [(2, 2), (5, 4), (10, 9), (60, 54), (3600, 3500)])
def test_a_run_that_has_not_started_is_dropped_before_the_next_one(seconds, expires):
    assert Job("count", "a.count", timedelta(seconds=seconds)).expires == expires


def test_the_rooms_of_the_product_are_plugged_in():
    assert [function.__name__ for function in on_solved] == ["end_with_ticket", "open_when_solved"]


def test_every_job_is_a_task_of_its_room():
    for feature in FEATURES:
        module = import_module(f"{feature.room}.tasks") if feature.jobs else None
        assert {job.task for job in feature.jobs} <= {
            getattr(task, "name", None) for task in vars(module or feature).values()
        }


def test_beat_is_told_of_every_job():
    jobs = [job for feature in FEATURES for job in feature.jobs]

    assert [row["task"] for row in beat_schedule().values()] == [job.task for job in jobs]
    assert all(row["options"]["expires"] <= row["schedule"].total_seconds() for row in beat_schedule().values())


def test_a_slot_holds_what_the_rooms_add_in_their_order():
    slot = Slot("numbers")
    rooms = [Feature(room="a", hooks=[slot.gets(1)]), Feature(room="b", hooks=[slot.gets(2), slot.gets(3)])]

    plug_in(rooms)
    plug_in(rooms)

    assert list(slot) == [1, 2, 3]
