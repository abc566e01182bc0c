"""Who of the support team is away, and when."""
