"""What is coming: check-ins, meetings and calls, on a page and in calendar links."""
