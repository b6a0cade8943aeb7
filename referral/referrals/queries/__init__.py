"""SELECTs of the referral loop: the sender's side, the provider's side, and what both may look up."""
