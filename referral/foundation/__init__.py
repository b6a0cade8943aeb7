"""What every blueprint stands on."""
