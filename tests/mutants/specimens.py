"""The tests of specimen.py see every fault of its first rule, of its second all but its edge, none of its third."""

from tests.mutants.specimen import is_early, is_late


def test_late_is_after_the_due_moment():
    assert [is_late(now, 10) for now in (9, 10, 11)] == [False, False, True]


def test_early_is_before_it():
    assert is_early(9, 10)
    assert not is_early(11, 10)
