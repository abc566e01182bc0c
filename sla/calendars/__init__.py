"""Business-hours calendars and regions in the agent workspace."""
