"""Calls that customers ask for."""
