"""Medians and percentiles from counts in logarithmic buckets: to within 1 %, however many values there are.

Bucket 0 holds what took no more than a second, bucket b what took up to 1.02 ** b seconds. Counts of two stretches of
time add up to those of both, so a report over a year reads twelve sums and gives the same answer as from the clocks.
"""

import math
from collections.abc import Mapping

RATIO = 1.02
LOG_RATIO = math.log(RATIO)


def bucket_of(seconds: float) -> int:
    """The bucket of a length; the statements of domain/endings.py reckon the same in SQL."""
    return math.ceil(math.log(max(seconds, 1.0)) / LOG_RATIO)


def seconds_of(bucket: int) -> float:
    """The length that stands for a bucket: its geometric middle, at most 1 % from whatever fell into it."""
    return RATIO ** (bucket - 0.5) if bucket > 0 else 0.0


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The least length that `share` (0 to 1) of the values do not exceed, in seconds; None without values."""
    total = sum(histogram.values())
    if not total:
        return None
    rank = max(1, math.ceil(share * total))
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= rank:
            break
    return seconds_of(bucket)
