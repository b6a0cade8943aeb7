"""The application that a server loads."""

from referral import create_app
from referral.config import Settings
from referral.serve import settle_memory

app = create_app(Settings.from_env())
settle_memory()
