"""Who may do what: roles, permissions and their scopes as one table, rendered in the admin page and in docs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sop.vocabulary import N_


class Role(StrEnum):
    """The roles of DOMAIN, "Who uses it", that sign in."""

    FIRST_RESPONDER = "first_responder"
    CASE_MANAGER = "case_manager"
    SUPERVISOR = "supervisor"
    PROVIDER = "provider"
    COORDINATOR = "coordinator"
    COMMITTEE = "committee"
    DATA_OFFICER = "data_officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ROLE_LABELS[self]

    @property
    def needs_second_factor(self) -> bool:
        """Roles that may see who somebody is sign in with a second factor."""
        return self in SEES_IDENTITY


ROLE_LABELS: dict[Role, str] = {
    Role.FIRST_RESPONDER: N_("First responder"),
    Role.CASE_MANAGER: N_("Case manager"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.PROVIDER: N_("Service provider"),
    Role.COORDINATOR: N_("Coordination"),
    Role.COMMITTEE: N_("Steering committee"),
    Role.DATA_OFFICER: N_("Data officer"),
    Role.ADMINISTRATOR: N_("System administrator"),
}

SEES_IDENTITY: frozenset[Role] = frozenset({Role.FIRST_RESPONDER, Role.CASE_MANAGER, Role.SUPERVISOR, Role.PROVIDER})


class Scope(StrEnum):
    """How far a grant reaches; `visible_*` queries turn it into WHERE."""

    NONE = "none"
    OWN = "own"
    ORGANIZATION = "organization"
    REFERRED = "referred"
    ALL = "all"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SCOPE_LABELS[self]


SCOPE_LABELS: dict[Scope, str] = {
    Scope.NONE: N_("nothing"),
    Scope.OWN: N_("their own"),
    Scope.ORGANIZATION: N_("their organisation’s"),
    Scope.REFERRED: N_("what is referred to their services"),
    Scope.ALL: N_("all"),
}


class Permission(StrEnum):
    """What an endpoint may ask for: resource:action."""

    ACCOUNT_OWN = "account:own"
    IDENTIFICATION_FILL = "identification:fill"
    PREFILE_READ = "prefile:read"
    BASE_CONSENT_RECORD = "base_consent:record"
    CASE_READ = "case:read"
    CASE_WORK = "case:work"
    CASE_SUPERVISE = "case:supervise"
    CASE_COORDINATE = "case:coordinate"
    INFORMAL_RECORD = "informal:record"
    IDENTITY_REVEAL = "identity:reveal"
    DUPLICATE_READ = "duplicate:read"
    DUPLICATE_DECIDE = "duplicate:decide"
    CONSENT_RECORD = "consent:record"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_REVIEW = "emergency:review"
    REFERRAL_READ = "referral:read"
    REFERRAL_SEND = "referral:send"
    REFERRAL_ANSWER = "referral:answer"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_EDIT = "directory:edit"
    DIRECTORY_COORDINATE = "directory:coordinate"
    MISCONDUCT_READ = "misconduct:read"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_EDIT = "agreement:edit"
    AGREEMENT_NEGOTIATE = "agreement:negotiate"
    AGREEMENT_DECIDE = "agreement:decide"
    AGREEMENT_STOP = "agreement:stop"
    PROCEDURE_READ = "procedure:read"
    PROCEDURE_COMMENT = "procedure:comment"
    PROCEDURE_EDIT = "procedure:edit"
    PROCEDURE_APPROVE = "procedure:approve"
    STATISTICS_READ = "statistics:read"
    AUDIT_READ = "audit:read"
    RIGHTS_RECORD = "rights:record"
    RIGHTS_DECIDE = "rights:decide"
    TRANSLATION_REVIEW = "translation:review"
    STOP_READ = "stop:read"
    STOP_ANSWER = "stop:answer"
    USER_READ = "user:read"
    OUTBOX_READ = "outbox:read"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PERMISSION_LABELS[self]


PERMISSION_LABELS: dict[Permission, str] = {
    Permission.ACCOUNT_OWN: N_("change their own password and language"),
    Permission.IDENTIFICATION_FILL: N_("fill in identification forms"),
    Permission.PREFILE_READ: N_("see a file that waits for base consent"),
    Permission.BASE_CONSENT_RECORD: N_("record base consent"),
    Permission.CASE_READ: N_("open cases"),
    Permission.CASE_WORK: N_("work on cases"),
    Permission.CASE_SUPERVISE: N_("approve, reassign, revoke"),
    Permission.CASE_COORDINATE: N_("see case codes, gaps and deadlines, never identity"),
    Permission.INFORMAL_RECORD: N_("record what authorities ask without an order, and print the letter that refuses"),
    Permission.IDENTITY_REVEAL: N_("uncover a name (logged)"),
    Permission.DUPLICATE_READ: N_("see that two files may be one person’s"),
    Permission.DUPLICATE_DECIDE: N_("compare two files, join them, take it back"),
    Permission.CONSENT_RECORD: N_("record consent to a referral"),
    Permission.EMERGENCY_OPEN: N_("open the minimum of a case when a life is in danger (reviewed)"),
    Permission.EMERGENCY_REVIEW: N_("review emergency accesses for which the team has nobody, without the words"),
    Permission.REFERRAL_READ: N_("follow referrals, from either side"),
    Permission.REFERRAL_SEND: N_("send and recall referrals"),
    Permission.REFERRAL_ANSWER: N_("answer referrals"),
    Permission.DIRECTORY_READ: N_("consult the directory"),
    Permission.DIRECTORY_EDIT: N_("keep a directory entry up to date"),
    Permission.DIRECTORY_COORDINATE: N_("call, decide changes and answer reports on the directory"),
    Permission.MISCONDUCT_READ: N_("read reports on misconduct (logged)"),
    Permission.AGREEMENT_READ: N_("consult agreements"),
    Permission.AGREEMENT_EDIT: N_("prepare agreements and hold their negotiation"),
    Permission.AGREEMENT_NEGOTIATE: N_("comment on their organisation’s agreements and sign them"),
    Permission.AGREEMENT_DECIDE: N_("put an agreement in force, with the committee’s decision"),
    Permission.AGREEMENT_STOP: N_("suspend an agreement"),
    Permission.PROCEDURE_READ: N_("consult the procedure"),
    Permission.PROCEDURE_COMMENT: N_("comment on a version in consultation"),
    Permission.PROCEDURE_EDIT: N_("draft versions, hold the consultation, put in force"),
    Permission.PROCEDURE_APPROVE: N_("approve a version, with the committee’s decision"),
    Permission.STATISTICS_READ: N_("read published statistics"),
    Permission.AUDIT_READ: N_("read decisions and accesses, without content"),
    Permission.RIGHTS_RECORD: N_("record what a person asks about their own file, and show it to them"),
    Permission.STOP_READ: N_("see which recipients were told to stop, and whether they confirmed"),
    Permission.STOP_ANSWER: N_("confirm that data were given back or destroyed"),
    Permission.RIGHTS_DECIDE: N_("answer requests, review what is kept too long, keep the registers"),
    Permission.TRANSLATION_REVIEW: N_("record who reviewed a translation, correct the words of the leaflet"),
    Permission.USER_READ: N_("see accounts"),
    Permission.OUTBOX_READ: N_("see outgoing notices, and have failed ones sent again"),
}

P, S = Permission, Scope
_SIGNED_IN = {P.ACCOUNT_OWN: S.OWN}
_CONSULTS = {**_SIGNED_IN, P.DIRECTORY_READ: S.ALL, P.PROCEDURE_READ: S.ALL}
_COMMENTS = {**_CONSULTS, P.PROCEDURE_COMMENT: S.ALL}
_STOPS = {P.STOP_READ: S.ORGANIZATION, P.STOP_ANSWER: S.ORGANIZATION}
"""Whoever may have seen the data of another organisation's case confirms that they are gone."""

GRANTS: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.FIRST_RESPONDER: {
        **_COMMENTS,
        P.IDENTIFICATION_FILL: S.OWN,
        P.PREFILE_READ: S.OWN,
        P.BASE_CONSENT_RECORD: S.OWN,
        P.INFORMAL_RECORD: S.OWN,
        P.EMERGENCY_OPEN: S.ALL,
        **_STOPS,
    },
    Role.CASE_MANAGER: {
        **_COMMENTS,
        **_STOPS,
        P.IDENTIFICATION_FILL: S.OWN,
        P.PREFILE_READ: S.OWN,
        P.BASE_CONSENT_RECORD: S.OWN,
        P.CASE_READ: S.OWN,
        P.RIGHTS_RECORD: S.OWN,
        P.CASE_WORK: S.OWN,
        P.INFORMAL_RECORD: S.OWN,
        P.IDENTITY_REVEAL: S.OWN,
        P.CONSENT_RECORD: S.OWN,
        P.REFERRAL_READ: S.OWN,
        P.REFERRAL_SEND: S.OWN,
        P.AGREEMENT_READ: S.ORGANIZATION,
    },
    Role.SUPERVISOR: {
        **_COMMENTS,
        **_STOPS,
        P.CASE_READ: S.ORGANIZATION,
        P.RIGHTS_RECORD: S.ORGANIZATION,
        P.CASE_SUPERVISE: S.ORGANIZATION,
        P.INFORMAL_RECORD: S.ORGANIZATION,
        P.IDENTITY_REVEAL: S.ORGANIZATION,
        P.DUPLICATE_READ: S.ORGANIZATION,
        P.DUPLICATE_DECIDE: S.ORGANIZATION,
        P.REFERRAL_READ: S.ORGANIZATION,
        P.REFERRAL_SEND: S.ORGANIZATION,
        P.AGREEMENT_READ: S.ORGANIZATION,
        P.AGREEMENT_NEGOTIATE: S.ORGANIZATION,
    },
    Role.PROVIDER: {
        **_COMMENTS,
        P.REFERRAL_READ: S.REFERRED,
        P.REFERRAL_ANSWER: S.REFERRED,
        **_STOPS,
        P.EMERGENCY_OPEN: S.ALL,
        P.DIRECTORY_EDIT: S.ORGANIZATION,
        P.AGREEMENT_READ: S.ORGANIZATION,
        P.AGREEMENT_NEGOTIATE: S.ORGANIZATION,
    },
    Role.COORDINATOR: {
        **_COMMENTS,
        P.PROCEDURE_EDIT: S.ALL,
        P.CASE_COORDINATE: S.ALL,
        P.EMERGENCY_REVIEW: S.ALL,
        P.DIRECTORY_COORDINATE: S.ALL,
        P.DIRECTORY_EDIT: S.ALL,
        P.DUPLICATE_READ: S.ALL,
        P.AGREEMENT_READ: S.ALL,
        P.AGREEMENT_EDIT: S.ALL,
        P.AGREEMENT_STOP: S.ALL,
        P.STATISTICS_READ: S.ALL,
        P.TRANSLATION_REVIEW: S.ALL,
    },
    Role.COMMITTEE: {
        **_CONSULTS,
        P.STATISTICS_READ: S.ALL,
        P.AGREEMENT_READ: S.ALL,
        P.AGREEMENT_DECIDE: S.ALL,
        P.AGREEMENT_STOP: S.ALL,
        P.PROCEDURE_APPROVE: S.ALL,
    },
    Role.DATA_OFFICER: {
        **_SIGNED_IN,
        P.AUDIT_READ: S.ALL,
        P.EMERGENCY_REVIEW: S.ALL,
        P.RIGHTS_DECIDE: S.ALL,
        P.TRANSLATION_REVIEW: S.ALL,
        P.STOP_READ: S.ALL,
        P.MISCONDUCT_READ: S.ALL,
        P.AGREEMENT_READ: S.ALL,
        P.AGREEMENT_STOP: S.ALL,
        P.PROCEDURE_READ: S.ALL,
        P.PROCEDURE_COMMENT: S.ALL,
    },
    Role.ADMINISTRATOR: {**_SIGNED_IN, P.USER_READ: S.ALL, P.OUTBOX_READ: S.ALL},
}


def scope_of(role: Role, permission: Permission) -> Scope:
    """How far `role` may use `permission`; NONE unless the table says otherwise.

    >>> scope_of(Role.CASE_MANAGER, Permission.CASE_READ)
    <Scope.OWN: 'own'>
    >>> scope_of(Role.ADMINISTRATOR, Permission.CASE_READ)
    <Scope.NONE: 'none'>
    """
    return GRANTS[role].get(permission, Scope.NONE)
