"""What a change would move, before it is made; what another tier would have meant."""
