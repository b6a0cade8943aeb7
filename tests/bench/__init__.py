"""Measurements, side by side with their alternatives: `python3 run.py bench`."""
