"""The application that a server loads."""

from referral import create_app
from referral.config import Settings

app = create_app(Settings.from_env())
