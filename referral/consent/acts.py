"""Words for what stands in the register and in the audit trail: acts, outcomes, purposes."""

from __future__ import annotations

from enum import StrEnum

from referral.cases.queries.accesses import act_in_words
from referral.cases.rules import ApprovalKind, ClosureReason
from referral.consent.rules import Outcome
from referral.referrals.rules import DeclineReason, InfoReason, NonDeliveryReason, ServiceResult
from sop.vocabulary import N_, Message, Need

OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.ALLOW: N_("allowed"),
    Outcome.ALLOW_REDACTED: N_("allowed in part"),
    Outcome.DENY: N_("refused"),
    Outcome.DENY_ESCALATE: N_("refused, to be examined"),
}
OUTCOME_TONES: dict[Outcome, str] = {
    Outcome.ALLOW: "ok",
    Outcome.ALLOW_REDACTED: "soon",
    Outcome.DENY: "late",
    Outcome.DENY_ESCALATE: "late",
}

ASKED: dict[str, str] = {
    "view": N_("wanted to see"),
    "preview": N_("looked at what would be shared"),
    "send": N_("wanted to send"),
    "print": N_("wanted to print"),
    "download": N_("wanted to download"),
    "export": N_("wanted to export"),
}
ANOTHER_ACTION = N_("asked for something else")

ACTS: dict[str, str] = {
    "sign_in.password": N_("entered the password"),
    "sign_in.second_factor": N_("signed in with the second factor"),
    "sign_out": N_("signed out"),
    "sign_in.command": N_("stood behind a command with their password"),
    "password.change": N_("changed the password"),
    "password.reset": N_("set a new password for somebody"),
    "user.add": N_("made an account"),
    "procedure.import": N_("took in a version of the procedure"),
    "procedure.draft": N_("began a draft of the procedure"),
    "procedure.save": N_("saved a draft of the procedure"),
    "procedure.triage": N_("saved the triage table of a draft"),
    "procedure.drawing": N_("kept a drawing of the procedure"),
    "procedure.answers": N_("said what a drawing of the procedure means"),
    "procedure.move": N_("moved a version of the procedure on"),
    "procedure.comment": N_("commented on a version of the procedure"),
    "procedure.answer": N_("answered a comment on the procedure"),
    "procedure.approve": N_("recorded that the committee approved a version"),
    "procedure.activate": N_("put a version of the procedure in force"),
    "procedure.retire": N_("retired a version of the procedure"),
    "agreement.draft": N_("began a draft of an agreement"),
    "agreement.edit": N_("changed the text of an agreement"),
    "agreement.comment": N_("commented on an agreement"),
    "agreement.answer": N_("answered a comment on an agreement"),
    "agreement.move": N_("moved an agreement on"),
    "agreement.sign": N_("recorded a signature under an agreement"),
    "agreement.warn": N_("told that an agreement ends soon"),
    "agreement.print": N_("printed an agreement"),
    "retention.propose": N_("proposed to erase what was kept long enough"),
    "retention.keep": N_("kept a file for longer, with a reason"),
    "privacy.replay": N_("erased again, after a restore, what was erased since the backup"),
    "privacy.ledger": N_("destroyed the keys that the erasure ledger of another database lists"),
    "breach.report": N_("wrote a breach into the log"),
    "breach.step": N_("recorded what was done about a breach"),
    "breach.print": N_("printed a letter about a breach"),
    "dpia.answer": N_("answered the impact assessment"),
    "vacancy.announce": N_("announced a vacancy"),
    "vacancy.move": N_("filled, prolonged, withdrew or published a vacancy"),
    "federation.join": N_("noted that an employer belongs to a federation"),
    "federation.leave": N_("noted that an employer left a federation"),
    "translation.review": N_("recorded who reviewed a translation"),
    "translation.words": N_("changed words of the leaflet"),
    "erasure.print": N_("printed the proof of an erasure"),
    "form.draft": N_("took in a draft of a form"),
    "form.publish": N_("published a version of a form"),
    "form.withdraw": N_("withdrew a draft of a form"),
    "register.read": N_("read the register"),
    "case.register.read": N_("read the register of this case"),
    "audit.read": N_("looked at the audit trail"),
    "audit.verify": N_("verified the audit trail"),
    "outbox.retry": N_("had a notice sent again"),
    "draft.start": N_("began an identification form"),
    "draft.paper": N_("began to type in a form filled on paper"),
    "draft.save": N_("saved an identification form"),
    "submission.receive": N_("received a form"),
    "submission.add_files": N_("received files of a form"),
    "case.files.read": N_("saw the files of a case’s form"),
    "attachment.read": N_("opened a file of a form"),
    "phone.add": N_("added a phone"),
    "phone.revoke": N_("revoked a phone"),
    "draft.read": N_("opened an identification form"),
    "draft.discard": N_("discarded an identification form"),
    "draft.submit": N_("submitted an identification form"),
    "list.take": N_("brought a list of persons"),
    "list.read": N_("looked at a list of persons"),
    "list.columns": N_("said what the columns of a list mean"),
    "list.begin": N_("had a list of persons taken in"),
    "list.done": N_("a list of persons was taken in"),
    "list.download": N_("downloaded a list of persons with its results"),
    "list.erase": N_("erased a list of persons"),
    "person.search": N_("looked whether somebody has a file already"),
    "person.search.limit": N_("was stopped after too many searches for people"),
    "person.hint": N_("was told that another organisation may have a file"),
    "duplicate.read": N_("compared two files"),
    "duplicate.answer": N_("said whether two files are one person’s"),
    "person.merge": N_("joined two files of one person"),
    "person.merge.undo": N_("took the joining of two files back"),
    "person.merge.settle": N_("erased the other copy of a joined file"),
    "prefile.open": N_("opened a file that waits for base consent"),
    "prefile.read": N_("read a file that waits for base consent"),
    "base_consent.ask": N_("opened the base consent form"),
    "consent.given": N_("recorded a consent"),
    "consent.refused": N_("recorded a refusal"),
    "consent.withdrawn": N_("recorded a withdrawal"),
    "referral.draft": N_("prepared a referral"),
    "referral.send": N_("sent a referral"),
    "referral.recall": N_("recalled a referral"),
    "referral.acknowledge": N_("acknowledged a referral"),
    "referral.accept": N_("accepted a referral"),
    "referral.decline": N_("declined a referral"),
    "referral.waitlist": N_("put a referral on the waiting list"),
    "referral.start": N_("started the service"),
    "referral.deliver": N_("delivered the service"),
    "referral.close": N_("closed a referral"),
    "referral.read": N_("opened a referral"),
    "referral.request_info": N_("asked for more information"),
    "referral.provide_info": N_("gave more information"),
    "referral.not_deliver": N_("noted that the service was not delivered"),
    "referral.client_decline": N_("noted that the person declines"),
    "referral.lose_contact": N_("noted that contact was lost"),
    "referral.expire": N_("let a referral lapse"),
    "referral.choose": N_("looked for a service"),
    "referral.gap": N_("noted that no service was found"),
    "referral.print": N_("printed a referral slip"),
    "emergency.open": N_("opened an emergency access"),
    "emergency.refused": N_("tried to look at a case after the emergency access had ended"),
    "emergency.read": N_("looked at a case in an emergency"),
    "emergency.renew": N_("went on with an emergency access"),
    "emergency.end": N_("ended an emergency access"),
    "emergency.told": N_("told the person about an emergency access"),
    "emergency.reviewed": N_("reviewed an emergency access"),
    "emergency.review.read": N_("looked at an emergency access to review it"),
    "emergency.list.read": N_("looked at the list of emergency accesses"),
    "user.reopen": N_("opened a suspended account again"),
    "user.suspend": N_("suspended an account"),
    "order.register": N_("registered a request of an authority"),
    "order.read": N_("looked at a request of an authority"),
    "order.list.read": N_("looked at the list of requests of authorities"),
    "register.export": N_("saved the whole register as a workbook"),
    "order.list.export": N_("took figures out of the list of requests of authorities"),
    "order.erase": N_("erased who asked what in a request about no case"),
    "order.verify": N_("verified a court order"),
    "order.counsel": N_("recorded the answer of legal counsel"),
    "order.conclude": N_("found no duty to report"),
    "order.letter": N_("printed a letter that refuses a request"),
    "order.print": N_("printed the answer to an authority"),
    "sharing.explain": N_("asked why something is shared or not"),
    "consent.ask": N_("opened a consent form"),
    "consent.expired": N_("a consent ended on its last day"),
    "consent.remind": N_("reminded that a consent ends or must be asked again"),
    "consent.list.read": N_("looked at the consents of a case"),
    "consent.mark.add": N_("added a mark to a consent"),
    "consent.mark.read": N_("opened the mark of a consent"),
    "consent.copy": N_("printed the person’s copy of a consent"),
    "consent.print": N_("printed a consent form"),
    "consent.superseded": N_("replaced a consent by a newer one"),
    "prefile.announced": N_("read the announcement of a file: code, priority, reason"),
    "outside.record": N_("recorded an emergency referral or a notice made outside the system"),
    "best_interests.record": N_("recorded a best-interests decision"),
    "emergency.review": N_("reviewed an emergency referral"),
    "case.decline": N_("closed the file after a refusal; sealed data erased"),
    "case.best_interests": N_("passed a child’s refusal on to a best-interests decision"),
    "directory.export": N_("exported the directory"),
    "directory.import": N_("imported services"),
    "directory.import_draft": N_("sent a list for the directory"),
    "directory.import_discard": N_("threw a list for the directory away"),
    "places.import": N_("imported administrative units"),
    "directory.edit": N_("changed a directory entry"),
    "directory.confirm": N_("confirmed a directory entry"),
    "directory.propose": N_("proposed a change of a directory entry"),
    "directory.decide": N_("decided a change of a directory entry"),
    "directory.undo": N_("took back a change of a directory entry"),
    "directory.trust": N_("said what a keeper of an entry may publish"),
    "directory.remind": N_("asked a keeper to confirm an entry"),
    "directory.call": N_("asked the coordination to call about an entry"),
    "directory.called": N_("called about a directory entry"),
    "directory.report": N_("reported something about a directory entry"),
    "directory.answer": N_("answered a report on the directory"),
    "directory.campaign": N_("opened a campaign of the directory"),
    "directory.copy": N_("offered a service at one more site"),
    "directory.reopen": N_("opened a closed directory entry again"),
    "directory.hide": N_("hid a directory entry at once"),
    "directory.new": N_("put a new entry into the directory"),
    "directory.new_organization": N_("put a new organisation into the directory"),
    "directory.merge": N_("let one directory entry stand for another"),
    "directory.unmerge": N_("put a replaced directory entry back"),
    "directory.tell_apart": N_("said that two directory entries are not the same"),
    "directory.notice": N_("put a notice on a directory entry"),
    "directory.notice_end": N_("took a notice off a directory entry"),
    "directory.autonomy": N_("said how far an organisation is left alone with its entries"),
    "directory.suspend": N_("suspended an organisation from the network"),
    "directory.suspension_lifted": N_("lifted the suspension of an organisation"),
    "directory.area_notice": N_("put a notice over an area"),
    "directory.area_notice_days": N_("changed the last day of a notice over an area"),
    "directory.area_notice_end": N_("ended a notice over an area"),
    "coverage.none": N_("confirmed that no service answers a need at a place"),
    "coverage.none_withdrawn": N_("took back that no service answers a need at a place"),
    "coverage.undertake": N_("said who closes a gap in coverage, and by when"),
    "coverage.in_hand": N_("took a gap in coverage in hand"),
    "coverage.gap_closed": N_("closed a gap in coverage"),
    "coverage.remind": N_("reminded somebody of a gap in coverage"),
    "coverage.target": N_("set a target of coverage"),
    "coverage.publish": N_("published the demand of a quarter"),
    "coverage.snapshot": N_("kept the coverage of a month"),
    "calendar.add": N_("entered a period of the calendar"),
    "calendar.remove": N_("removed a period of the calendar"),
    "mandate.add": N_("entered a mandate"),
    "mandate.remove": N_("removed a mandate"),
    "misconduct.read": N_("read a report on misconduct"),
    "statistics.publish": N_("published figures"),
    "identity.reveal": N_("uncovered a name"),
    "case.found": N_("found the case through the search"),
}
REFERRAL = N_("referral: %(need)s")
CASE_MANAGEMENT = N_("care of the case")
PURPOSES: dict[str, str] = {
    "case_management": CASE_MANAGEMENT,
    "vital_interest": N_("danger to life"),
    "own_file": N_("the person’s own file"),
    "legal_obligation": N_("order or report of the law"),
    "justice": N_("specialised care and justice"),
    "asylum": N_("asylum procedure"),
}


def act_words(action: str) -> str:
    """What an audit line says, as a message id; an act without words of its own keeps its kind.

    >>> act_words("audit.verify"), act_words("case.read"), act_words("referral.redirect"), act_words("x.y")
    ('verified the audit trail', 'opened the case', 'referral', 'another act')
    """
    return ACTS.get(action) or act_in_words(action)


CODES: dict[str, type[StrEnum]] = {
    "referral.decline": DeclineReason,
    "referral.client_decline": DeclineReason,
    "referral.recall": DeclineReason,
    "referral.not_deliver": NonDeliveryReason,
    "referral.request_info": InfoReason,
    "referral.deliver": ServiceResult,
    "referral.close": ServiceResult,
    "case.close": ClosureReason,
    "case.approval.ask": ApprovalKind,
    "case.approval.approve": ApprovalKind,
    "case.approval.send_back": ApprovalKind,
}
"""What the code of an audit line is one of, by act; codes that have no words are data categories, rules and hashes."""
RULE = N_("rule %(number)s of the triage table")


def code_words(action: str, code: str) -> Message:
    """The code of an audit line in words; one without words stays the code it is.

    >>> str(code_words("referral.deliver", "complete")), str(code_words("prefile.open", "rule12"))
    ('service given in full', 'rule 12 of the triage table')
    >>> str(code_words("identity.reveal", "C2")), str(code_words("referral.decline", "unheard_of"))
    ('C2', 'unheard_of')
    """
    kind = CODES.get(action)
    if kind is not None and code in set(kind):
        return Message(code, str(getattr(kind(code), "label", code)))
    if action == "prefile.open" and code.removeprefix("rule").isdigit():
        return Message(code, RULE, {"number": code.removeprefix("rule")})
    return Message(code, code)


def purpose_words(purpose: str) -> Message:
    """The purpose of a decision in words; one without words stays the code it is.

    >>> str(purpose_words("referral:MED")), str(purpose_words("justice")), str(purpose_words("research"))
    ('referral: MED', 'specialised care and justice', 'research')
    """
    kind, _, need = purpose.partition(":")
    if kind == "referral" and need in Need.__members__:
        return Message(purpose, REFERRAL, {"need": Need(need)})
    return Message(purpose, PURPOSES.get(purpose, "")) if purpose in PURPOSES else Message(purpose, purpose)
