"""Escalation to the specialists of level 3."""
