"""Calendar links of a person."""
