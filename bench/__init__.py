"""Measurements: `python -m bench`. They print figures and ratios of one run and never fail on them."""
