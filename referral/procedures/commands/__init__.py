"""`flask sop …`: the procedure on the command line; nothing here needs a database."""

from referral.procedures.commands import checking, exchange, printing, routing, study
from referral.procedures.commands.group import sop

__all__ = ["checking", "exchange", "printing", "routing", "sop", "study"]
