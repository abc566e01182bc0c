"""Call-backs: numbers, slots, the wish and the attempts."""
