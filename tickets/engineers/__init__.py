"""The designated engineers of an account in the API."""
