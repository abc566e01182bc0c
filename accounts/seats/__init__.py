"""Premium seats: nominated, approved, moved, removed."""
