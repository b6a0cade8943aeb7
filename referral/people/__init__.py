"""The person: coded facts in clear, identity sealed, search by token."""
