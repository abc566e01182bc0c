"""Professional services hours: the statement of a contract year, reservations, engagements."""
