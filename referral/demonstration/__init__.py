"""The demonstration country: invented people and organisations at real places, the same for the same seed."""
