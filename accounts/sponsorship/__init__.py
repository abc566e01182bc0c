"""Executive sponsors and their meetings."""
