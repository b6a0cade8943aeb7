"""What changes requests, files that are erased, proposals, breaches and the impact assessment."""
