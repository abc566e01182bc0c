"""What happens to a mail that comes in: stored, read, sorted, and decided by an agent where no rule may."""
