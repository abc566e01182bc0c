"""Email in: fetched, read, sorted, posted to tickets."""
