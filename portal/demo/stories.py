"""Every story of the demonstration; who opened first has the lowest number."""

from portal.demo import stories_gold, stories_platinum, stories_silver, stories_standard

STORIES = [
    *stories_standard.STORIES,
    *stories_silver.STORIES,
    *stories_gold.STORIES,
    *stories_platinum.STORIES,
]
