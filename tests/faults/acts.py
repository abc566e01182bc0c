"""Every act that a process may die in, one function each: what it does to the small world.

A new verb of the product is one more function in one of these modules; `@act` puts it into the kill tests, short and
long.
"""

from tests.faults import (
    acts_of_beat,
    acts_of_calls,
    acts_of_chat,
    acts_of_hours,
    acts_of_mail,
    acts_of_people,
    acts_of_terms,
)
from tests.faults.registry import ACTS, Act

MODULES = (acts_of_beat, acts_of_calls, acts_of_chat, acts_of_hours, acts_of_mail, acts_of_people, acts_of_terms)

__all__ = ["ACTS", "Act"]
