"""Tickets: opened, answered, moved through their statuses, listed, with their clocks and history."""
