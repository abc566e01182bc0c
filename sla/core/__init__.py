"""SLA clocks: how due moments are calculated, recorded, flagged and explained."""
