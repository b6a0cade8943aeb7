"""Statistics: every figure that leaves the case team goes through one publishing door."""
