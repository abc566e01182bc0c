"""Previews of changes on tickets, and replays under another tier."""
