"""The SLA report: how many targets were met."""
