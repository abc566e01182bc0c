"""The self-check of clocks against an independent calculation."""
