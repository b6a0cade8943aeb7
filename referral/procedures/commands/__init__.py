"""`flask sop …` and `flask forms …`: procedure and forms on the command line; nothing here needs a database."""

from referral.procedures.commands import checking, exchange, printing, routing, study
from referral.procedures.commands.compiling import forms
from referral.procedures.commands.group import sop

__all__ = ["checking", "exchange", "forms", "printing", "routing", "sop", "study"]
