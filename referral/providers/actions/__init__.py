"""What changes the directory: keepers' own entries, the coordination's upkeep, imports from other directories."""

from referral.providers.actions.copying import confirm_many, copy_to, reopen
from referral.providers.actions.covering import (
    add_mandate,
    confirm_none,
    freeze_demand,
    keep_month,
    publish_demand,
    remove_mandate,
    set_target,
    withdraw_none,
)
from referral.providers.actions.dating import add_period, remove_period
from referral.providers.actions.deciding import decide, trust, undo
from referral.providers.actions.doubling import look as look_for_doubles
from referral.providers.actions.doubling import merge as merge_entries
from referral.providers.actions.doubling import tell_apart, unmerge
from referral.providers.actions.drafting import approve as approve_import
from referral.providers.actions.drafting import discard as discard_import
from referral.providers.actions.drafting import keep_draft, look_at, told_columns
from referral.providers.actions.drafting import preview as preview_import
from referral.providers.actions.editing import (
    StaleEntry,
    apply,
    confirm,
    submit,
    wanted_capacity,
    wanted_contacts,
    wanted_hours,
    wanted_service,
)
from referral.providers.actions.exporting import export
from referral.providers.actions.fields import difference, state_of
from referral.providers.actions.importing import contents_of, import_file, printable
from referral.providers.actions.joining import look as look_for_double_organizations
from referral.providers.actions.linking import at_once, confirm_by_link, correct_by_link
from referral.providers.actions.noticing import end_notice, notify
from referral.providers.actions.organizing import submit_organization, wanted_organization
from referral.providers.actions.placing import import_places
from referral.providers.actions.promising import close_gap, remind_of_gaps, take_in_hand, undertake
from referral.providers.actions.reminding import open_task, remind
from referral.providers.actions.reporting import answer, called, open_campaign, read_misconduct, report
from referral.providers.actions.signalling import keep_signal, search_or_signal, signal_need
from referral.providers.actions.tabling import import_tables, keep_columns, saved_columns
from referral.providers.actions.trusting import fall_back, set_autonomy
from referral.providers.actions.warning import announce, end_area_notice, end_notices, prolong_notice

__all__ = [
    "StaleEntry", "add_mandate", "add_period", "announce", "answer", "apply", "approve_import", "at_once", "called",
    "close_gap", "confirm", "confirm_by_link", "confirm_many", "confirm_none", "contents_of", "copy_to",
    "correct_by_link", "decide", "difference", "discard_import", "end_area_notice", "end_notice", "end_notices",
    "export", "fall_back", "freeze_demand", "import_file", "import_places", "import_tables", "keep_columns",
    "keep_draft", "keep_month", "keep_signal", "look_at", "look_for_double_organizations", "look_for_doubles",
    "merge_entries", "notify", "open_campaign", "open_task", "preview_import", "printable", "prolong_notice",
    "publish_demand", "read_misconduct", "remind", "remind_of_gaps", "remove_mandate", "remove_period", "reopen",
    "report", "saved_columns", "search_or_signal", "set_autonomy", "set_target", "signal_need", "state_of", "submit",
    "submit_organization", "take_in_hand", "tell_apart", "told_columns", "trust", "undertake", "undo", "unmerge",
    "wanted_capacity", "wanted_contacts", "wanted_hours", "wanted_organization", "wanted_service", "withdraw_none",
]  # fmt: skip
