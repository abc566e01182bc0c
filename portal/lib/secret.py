"""What is stored of a secret."""

import hashlib


def digest(secret: str) -> str:
    """The hash of a secret of 256 random bits: a plain one is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
