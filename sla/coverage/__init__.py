"""Who is on duty and on call."""
