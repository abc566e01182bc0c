"""A workaround in place on a P1 or P2."""
