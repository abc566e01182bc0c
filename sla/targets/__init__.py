"""Targets in the agent workspace."""
