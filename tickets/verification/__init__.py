"""The nightly self-check and its page."""
