"""The gate for what is typed about referrals: `answering` for the service, `sending` for the case team."""
