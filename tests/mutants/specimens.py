"""The tests of specimen.py see every fault of two rules, of one all but its edge, none of the last.

Of its limit they see that it became smaller, not that it became larger.
"""

from tests.mutants.specimen import is_early, is_late, is_long


def test_late_is_after_the_due_moment():
    assert [is_late(now, 10) for now in (9, 10, 11)] == [False, False, True]


def test_early_is_before_it():
    assert is_early(9, 10)
    assert not is_early(11, 10)


def test_long_is_more_than_the_limit():
    assert not is_long("x" * 10)
    assert is_long("x" * 20)
