"""Customers, their people, contracts, seats and tiers: what every room of this app builds on."""
