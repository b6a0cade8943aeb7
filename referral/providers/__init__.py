"""The directory's tables and pages: services, places, hours, capacity, and who keeps them fresh."""
