"""Tickets of agents who are away."""
