"""Designated engineers and their backups, one for each region of an account."""
