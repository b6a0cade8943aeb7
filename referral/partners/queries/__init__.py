"""What is read of organisations, accounts, notices and agreements."""

from referral.partners.queries.accounts import (
    accounts,
    case_managers,
    live_session,
    notice_counts,
    notices,
    organization,
    organization_by_name,
    user_by_name,
)
from referral.partners.queries.agreements import agreements_between, visible_agreements

__all__ = [
    "accounts",
    "agreements_between",
    "case_managers",
    "live_session",
    "notice_counts",
    "notices",
    "organization",
    "organization_by_name",
    "user_by_name",
    "visible_agreements",
]
