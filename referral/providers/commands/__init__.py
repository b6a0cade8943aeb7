"""`flask directory …` and `flask places …`: the directory and its places on the command line."""

from referral.providers.commands import covering, doubling, exchanging, finding
from referral.providers.commands.group import directory
from referral.providers.commands.placing import places

__all__ = ["covering", "directory", "doubling", "exchanging", "finding", "places"]
