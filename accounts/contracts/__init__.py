"""Contracts: entered, edited, begun and ended by the calendar, their renewal."""
