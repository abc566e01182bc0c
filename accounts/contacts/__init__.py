"""The people of a customer: invited one by one or from a table, edited, deactivated."""
