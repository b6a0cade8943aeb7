"""What the service's pages say about each state and each act: message ids only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from referral.referrals.rules import ReferralAction, ReferralState
from sop.vocabulary import N_

A, R = ReferralAction, ReferralState


@dataclass(frozen=True, slots=True)
class ActWords:
    """The question a page asks, what happens then, the button, what is said when it is done.

    `final`: there is no way back for the service. `at_once`: one button, nothing to fill in.
    """

    question: str
    then: str
    button: str
    done: str
    final: bool = False
    at_once: bool = False


ACTS: Mapping[ReferralAction, ActWords] = {
    A.ACKNOWLEDGE: ActWords(
        N_("Confirm receipt?"),
        N_("The case manager learns that your service has seen the referral."),
        N_("Confirm receipt"),
        N_("Receipt is confirmed; the case manager is told."),
        at_once=True,
    ),
    A.ACCEPT: ActWords(
        N_("Accept this referral?"),
        N_("The referral becomes yours: only you then see the person’s data. The case manager is told at once."),
        N_("Accept the referral"),
        N_("You have accepted the referral; the case manager is told."),
    ),
    A.WAITLIST: ActWords(
        N_("Put on the waiting list?"),
        N_("The case manager is told how long to expect, and may look for another service meanwhile."),
        N_("Put on the waiting list"),
        N_("The referral is on the waiting list; the case manager is told."),
    ),
    A.REQUEST_INFO: ActWords(
        N_("What do you need to know?"),
        N_("The case manager gets your question. The deadline for your answer does not change."),
        N_("Send the question"),
        N_("Your question is sent to the case manager."),
    ),
    A.DECLINE: ActWords(
        N_("Decline this referral?"),
        N_(
            "The case manager is told at once and looks for another service. "
            "Your service no longer sees the person’s data. This cannot be undone."
        ),
        N_("Decline the referral"),
        N_("The referral is declined; the case manager is told and looks for another service."),
        final=True,
    ),
    A.START: ActWords(
        N_("Start the service?"),
        N_("The case manager learns that the person is being helped."),
        N_("Start the service"),
        N_("The service has started; the case manager is told."),
        at_once=True,
    ),
    A.DELIVER: ActWords(
        N_("What came of the service?"),
        N_(
            "The case manager asks the person what was received, then closes the referral. "
            "Your service can read the data for 30 more days."
        ),
        N_("Send the feedback"),
        N_("Thank you: your feedback is sent to the case manager."),
        final=True,
    ),
    A.NOT_DELIVER: ActWords(
        N_("Why was the service not given?"),
        N_("The case manager is told and sees with the person what to do. This cannot be undone."),
        N_("Report that it was not given"),
        N_("The case manager is told that the service was not given."),
        final=True,
    ),
    A.CLIENT_DECLINE: ActWords(
        N_("Does the person decline?"),
        N_(
            "Report it only if the person said so, freely. The referral ends, the case manager is told, "
            "and your service no longer sees the person’s data. This cannot be undone."
        ),
        N_("Yes, the person declines"),
        N_("It is recorded that the person declines; the case manager is told."),
        final=True,
    ),
    A.LOSE_CONTACT: ActWords(
        N_("Has contact been lost?"),
        N_(
            "Try first in the ways the person called safe. The referral ends, the case manager is told, "
            "and your service no longer sees the person’s data. This cannot be undone."
        ),
        N_("Yes, contact is lost"),
        N_("It is recorded that contact is lost; the case manager is told."),
        final=True,
    ),
}

LINKS: Mapping[ReferralAction, str] = {
    A.ACCEPT: N_("your service takes the person; you may give an appointment"),
    A.WAITLIST: N_("no place yet: say how long to expect"),
    A.REQUEST_INFO: N_("something is missing before you can decide"),
    A.DECLINE: N_("your service does not take the person; give the reason"),
    A.NOT_DELIVER: N_("the service could not be given; give the reason"),
    A.DELIVER: N_("the service was given, in full or in part"),
    A.CLIENT_DECLINE: N_("the person does not want this service"),
    A.LOSE_CONTACT: N_("the person can no longer be reached"),
}
"""What an act means, beside its link."""

MAIN: Mapping[ReferralState, ReferralAction] = {
    R.SENT: A.ACKNOWLEDGE,
    R.ACKNOWLEDGED: A.ACCEPT,
    R.WAITLISTED: A.ACCEPT,
    R.INFO_REQUESTED: A.ACCEPT,
    R.ACCEPTED: A.START,
    R.IN_SERVICE: A.DELIVER,
}
"""The one main button of a state."""

NEXT: Mapping[ReferralState, tuple[str, str]] = {
    R.SENT: (N_("Confirm that you have this referral"), N_("The case manager then knows that somebody reads it.")),
    R.ACKNOWLEDGED: (
        N_("Say whether your service takes this person"),
        N_("Without an answer in time the case manager looks elsewhere."),
    ),
    R.WAITLISTED: (
        N_("Take the person as soon as there is a place"),
        N_("The referral is on your waiting list."),
    ),
    R.INFO_REQUESTED: (
        N_("The case manager has your question"),
        N_("You can wait for the information, or answer already."),
    ),
    R.ACCEPTED: (N_("Welcome the person and start the service"), N_("You accepted this referral.")),
    R.IN_SERVICE: (N_("When the service is given, say what came of it"), N_("The service is under way.")),
    R.DELIVERED: (N_("Nothing to do"), N_("The case manager checks with the person, then closes the referral.")),
    R.NOT_DELIVERED: (N_("Nothing to do"), N_("The case manager sees with the person what to do next.")),
    R.CLOSED: (N_("Nothing to do"), N_("The referral is closed. Thank you.")),
}
"""What to do now in each state, and why; a state that is not here is over."""
OVER = (N_("Nothing to do"), N_("This referral is over."))

TONES: Mapping[ReferralState, tuple[str, str | None]] = {
    **dict.fromkeys(ReferralState, ("hold", "–")),
    R.SENT: ("info", None),
    R.ACKNOWLEDGED: ("info", "◷"),
    R.WAITLISTED: ("soon", "◔"),
    R.INFO_REQUESTED: ("soon", None),
    **dict.fromkeys((R.ACCEPTED, R.IN_SERVICE, R.DELIVERED, R.CLOSED), ("ok", None)),
    **dict.fromkeys((R.DECLINED, R.NOT_DELIVERED, R.EXPIRED), ("late", "✕")),
}
"""Tone and sign of a state on the service's pages."""

SENDER_NEXT: Mapping[ReferralState, tuple[str, str]] = {
    R.DRAFT: (N_("Check and send"), N_("Nothing has crossed yet.")),
    R.SENT: (
        N_("Wait for the service"),
        N_("It has been told by code. Past the deadline, remind it or look elsewhere."),
    ),
    R.ACKNOWLEDGED: (N_("Wait for the decision"), N_("The service has seen the referral.")),
    R.INFO_REQUESTED: (N_("Answer the service"), N_("It asks for more information before it decides.")),
    R.WAITLISTED: (
        N_("Tell the person about the wait"),
        N_("The service will take the person later. You may look elsewhere meanwhile."),
    ),
    R.ACCEPTED: (N_("Tell the person, and go along if they wish"), N_("The service takes the person.")),
    R.IN_SERVICE: (N_("Stay in touch with the person"), N_("The service is under way.")),
    R.DELIVERED: (
        N_("Ask the person what they received"),
        N_("The service says that it is done; only the person can confirm it."),
    ),
    R.NOT_DELIVERED: (N_("Ask the person what happened"), N_("The service says that it could not help.")),
    R.CLOSED: (N_("Nothing more to do here"), N_("The referral was closed with the person.")),
    R.DECLINED: (N_("Look for another service"), N_("The service declined.")),
    R.REDIRECTED: (
        N_("Look at where it was redirected"),
        N_("The service named another one; nothing was passed on to it."),
    ),
    R.CLIENT_DECLINED: (
        N_("Talk with the person"),
        N_("The person did not want this service. They may change their mind."),
    ),
    R.LOST_CONTACT: (N_("Try to reach the person safely"), N_("The service lost contact.")),
    R.RECALLED: (
        N_("Look for another service, if the need is still there"),
        N_("The referral was recalled; the service no longer sees anything."),
    ),
    R.EXPIRED: (N_("Look for another service"), N_("Nobody answered in time.")),
}
"""What the case team does next, and why, in each state."""

FOLLOW_WORDS: Mapping[ReferralAction, tuple[str, str, str]] = {
    A.PROVIDE_INFO: (
        N_("Give the information asked"),
        N_("The service sees your words at once. The person’s agreement still sets the limits of what you may write."),
        N_("Send the information"),
    ),
    A.CLOSE: (
        N_("Confirm with the person and close"),
        N_(
            "The person’s word counts: received in part or not at all, the need stays open and you look for another "
            "service."
        ),
        N_("Confirm and close"),
    ),
    A.RECALL: (
        N_("Recall this referral?"),
        N_(
            "The service is told and no longer sees anything. What it has seen or printed cannot be taken back. "
            "This cannot be undone."
        ),
        N_("Recall the referral"),
    ),
}
"""The question that a page of the case team asks, what happens then, the button."""
