"""Signing in, passwords, profiles, API tokens."""
