"""Everybody reads everything they can reach, in each state of consent."""
