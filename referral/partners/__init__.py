"""Partner organisations, their users and how they sign in, the agreements between them."""
