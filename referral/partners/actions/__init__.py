"""What changes accounts, organisations and agreements."""

from referral.partners.actions.accounts import (
    BUCKETS,
    TOTP_SECONDS,
    add_user,
    change_password,
    check_new_password,
    close_all_sessions,
    close_session,
    count_try,
    find_or_add_organization,
    forget_tries,
    open_session,
    pass_second_factor,
    retry_notice,
    token_hash,
)

__all__ = [
    "BUCKETS",
    "TOTP_SECONDS",
    "add_user",
    "change_password",
    "check_new_password",
    "close_all_sessions",
    "close_session",
    "count_try",
    "find_or_add_organization",
    "forget_tries",
    "open_session",
    "pass_second_factor",
    "retry_notice",
    "token_hash",
]
