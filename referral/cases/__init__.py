"""The case file: needs, tasks, timeline, place on the procedure."""
