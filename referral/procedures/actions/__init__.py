"""What happens to versions of the procedure: imported, drafted, consulted on, approved, put in force."""

from referral.procedures.actions.base import StaleVersion
from referral.procedures.actions.consulting import answer_comment, write_comment
from referral.procedures.actions.deciding import activate, approve, move
from referral.procedures.actions.drafting import (
    copy_version,
    import_drawing,
    keep_drawing,
    new_draft,
    new_drawing,
    save_answers,
    save_flowchart,
    save_triage,
    take_over,
)
from referral.procedures.actions.forming import new_form_draft, publish_form, withdraw_form
from referral.procedures.actions.importing import import_form, import_library, import_procedure, library

__all__ = [
    "StaleVersion",
    "activate",
    "answer_comment",
    "approve",
    "copy_version",
    "import_drawing",
    "import_form",
    "import_library",
    "import_procedure",
    "keep_drawing",
    "library",
    "move",
    "new_draft",
    "new_drawing",
    "new_form_draft",
    "publish_form",
    "save_answers",
    "save_flowchart",
    "save_triage",
    "take_over",
    "withdraw_form",
    "write_comment",
]
