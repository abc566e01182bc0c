"""How Django itself writes days, moments and numbers, a folder a language (FORMAT_MODULE_PATH).

The 24-hour clock and the day before the month in both languages. Our own sentences use portal/lib/durations.py.
"""

from django.utils.translation import pgettext_lazy

# Django's French has “jan.”, “fév.” and “sep.”, which nobody writes: these take their place in our catalogue.
MONTHS = (
    pgettext_lazy("abbrev. month", "Jan."), pgettext_lazy("abbrev. month", "Feb."),
    pgettext_lazy("abbrev. month", "Sept."),
)  # fmt: skip
