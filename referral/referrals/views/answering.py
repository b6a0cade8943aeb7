"""The service's pages: the inbox, a referral as the service may see it today, and the answers to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from directory.taxonomy import Group
from referral.consent import sentences
from referral.consent.actions import decide_and_register
from referral.consent.rules import Decision, Request
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, formatting
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.navigation import url_of
from referral.providers.capacity_models import ServiceCapacity
from referral.referrals.actions.answering import BINDS, NoPlaceFree, judge
from referral.referrals.actions.answering import act as answer
from referral.referrals.documents import label_of, spoken
from referral.referrals.models import Referral
from referral.referrals.queries import inbox as queries
from referral.referrals.queries.fiche import Fiche, read_fiche
from referral.referrals.queries.history import history, last_acceptance, last_move
from referral.referrals.rules import (
    PROVIDER_ACTIONS,
    REASONS,
    STATES,
    Pile,
    ReferralAction,
    ServiceResult,
    Speed,
    allowed,
)
from referral.referrals.schemas.answering import InboxSchema, answer_schema
from referral.referrals.views import bp
from referral.referrals.wording import ACTS, LINKS, MAIN, NEXT, OVER, TONES
from sop.vocabulary import N_, Message, Need

COLLEAGUE_TODAY = N_("A colleague accepted this referral at %(hour)s. You have nothing more to do.")
COLLEAGUE = N_("A colleague accepted this referral on %(moment)s. You have nothing more to do.")
MOVED_TODAY = N_("This referral changed at %(hour)s. It is now: %(state)s.")
MOVED = N_("This referral changed on %(moment)s. It is now: %(state)s.")
FULL = N_("Your entry counts no free place. Tick this box if your service takes the person all the same.")


@bp.get("/inbox")
@requires(Permission.REFERRAL_ANSWER)
def inbox() -> Any:
    """What waits for an answer, what is under way, the agenda, what is finished; codes only."""
    chosen = InboxSchema().read(request.args)
    kept = {name: str(chosen[name]) for name in ("need", "speed", "service") if chosen[name]}
    return render_template(
        "referrals/inbox.html",
        chosen=chosen,
        kept=kept,
        only=chosen["pile"],
        after=chosen["after"],
        services=queries.services_of(actor()),
        needs=list(Need),
        speeds=list(Speed),
        tones=TONES,
        **_lists(chosen),
    )


def _lists(chosen: dict[str, Any]) -> dict[str, Any]:
    """The piles, or the one that was asked for, and the agenda from this morning on."""
    filters = queries.Filters(chosen["need"], chosen["speed"], chosen["service"])
    only, who = chosen["pile"], actor()
    after = chosen["after"] if only else ""
    morning = clock.now().astimezone(clock.zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "piles": {
            which: queries.pile(who, which, filters, limit=_limit(which, only), after=after)
            for which in Pile
            if only in (None, which)
        },
        "agenda": [] if only else queries.agenda(who, since=morning, filters=filters),
    }


def _limit(which: Pile, only: Pile | None) -> int:
    return queries.FEW if which is Pile.CLOSED and only is None else queries.PAGE


def show_page(referral_id: UUID) -> Any:
    """A referral with what the sharing decision, taken now, lets this person see."""
    referral = queries.visible_referral(actor(), referral_id)
    if referral is None:
        abort(404)
    now = clock.now()
    asked, decision = decide_and_register(referral, viewer=actor(), action="view", actor=actor(), now=now)
    audit.record("referral.read", actor=actor(), now=now, case_id=referral.case_id, subject=referral)
    fiche = read_fiche(referral, decision.visible) if decision.allowed else None
    return render_template(
        "referrals/received.html",
        referral=referral,
        decision=decision,
        sentence=sentences.explain(asked, decision),
        sheet=_sheet(fiche),
        contact=fiche.contact if fiche else (),
        withheld=_withheld(asked, decision),
        slip_url=url_of("referrals.slip", referral_id=referral.id) if decision.allowed else None,
        moments=history(referral, viewer=actor(), notes=decision.allowed),
        **_answers(referral, decision),
    )


def _sheet(fiche: Fiche | None) -> list[tuple[Any, list[tuple[str, str]]]]:
    sections = fiche.sections if fiche else ()
    return [(one.category, [(label_of(line), spoken(line.value)) for line in one.lines]) for one in sections]


def _withheld(asked: Request, decision: Decision) -> dict[Any, Message]:
    """Why asked categories are not shown; what else is in the file is nobody's business here."""
    return sentences.withheld(asked, decision) if decision.allowed else {}


def _answers(referral: Referral, decision: Decision) -> dict[str, Any]:
    possible = _possible(referral, decision)
    main = MAIN.get(referral.state)
    main = main if main in possible else None
    return {
        "main": main,
        "others": [one for one in possible if one is not main],
        "acts": ACTS,
        "links": LINKS,
        "next": NEXT.get(referral.state, OVER),
        "tones": TONES,
        "waits": referral.state in STATES[Pile.WAITING],
    }


def _possible(referral: Referral, decision: Decision) -> list[ReferralAction]:
    """The buttons: what the table allows, without taking the person where nothing may be shared."""
    actions = allowed(referral.state, PROVIDER_ACTIONS)
    return [one for one in actions if decision.allowed or one not in BINDS]


def ask_page(referral_id: UUID, action: ReferralAction) -> Any:
    """What an answer asks before it is given; nothing of the person is opened."""
    referral = queries.visible_referral(actor(), referral_id)
    if referral is None or action not in PROVIDER_ACTIONS:
        abort(404)
    if action not in _possible(referral, judge(referral, actor=actor(), now=clock.now())):
        flash(_("This cannot be done now: the referral has moved on."), "warning")
        return redirect(url_for("referrals.show", referral_id=referral.id), 303)
    return _form(referral, action)


def _form(referral: Referral, action: ReferralAction, *, errors: Any = None, notice: Message | None = None) -> str:
    given = (ServiceResult.COMPLETE, ServiceResult.PARTIAL)
    codes = given if action is ReferralAction.DELIVER else REASONS.get(action, ())
    place = referral.service_at_location
    kept = [one for one in place.for_groups if one.available is not None]
    free = place.capacity_available
    return render_template(
        "referrals/answer.html",
        referral=referral,
        action=action,
        words=ACTS[action],
        codes=[(one.value, one) for one in codes],
        free=free,
        group_choices=_group_choices(kept, free) if kept else (),
        ask_beyond=free == 0 or any(one.available == 0 for one in kept) or "beyond_capacity" in (errors or {}),
        typed=request.form,
        errors=errors or {},
        notice=notice,
    )


def _group_choices(kept: list[ServiceCapacity], free: int | None) -> list[tuple[str, str]]:
    """Whose place a person may take, with what is free; the first one counts nothing where none is for everybody."""
    line = _("%(who)s – free: %(number)d")
    counted = line % {"who": _(Group.EVERYBODY.label), "number": free or 0}
    first = _("a place that is not counted") if free is None else counted
    rest = [(one.audience.value, line % {"who": _(one.audience.label), "number": one.available}) for one in kept]
    return [(Group.EVERYBODY.value, first), *rest]


def act_on(referral_id: UUID, action: ReferralAction) -> Any:
    """Give an answer, once; whoever comes second is told what happened."""
    referral = queries.visible_referral(actor(), referral_id) if action in PROVIDER_ACTIONS else None
    if referral is None:
        if action not in PROVIDER_ACTIONS or queries.addressed_referral(actor(), referral_id) is None:
            abort(404)
        return _too_late(referral_id, action)
    try:
        typed = answer_schema(action, now=clock.now(), zone=clock.zone()).load(request.form)
        answer(referral, action, actor=actor(), now=clock.now(), **_arguments(typed))
    except ValidationError as error:
        return _again(referral_id, action, error.normalized_messages())
    except NoPlaceFree:
        return _again(referral_id, action, {"beyond_capacity": Message("full", FULL)})
    except RuleViolation as violation:
        return _too_late(referral_id, action, violation)
    flash(_(ACTS[action].done), "success")
    return redirect(url_for("referrals.show", referral_id=referral_id), 303)


def _arguments(typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed as the action names it."""
    given: dict[str, Any] = {
        name: typed[name] for name in ("note", "appointment_at", "beyond_capacity", "kept_for") if name in typed
    }
    if "days" in typed:
        given["expected_on"] = clock.today() + timedelta(days=typed["days"])
    return given | {"reason": typed["reason"].value if "reason" in typed else "", "expected_version": typed["version"]}


def _fresh(referral_id: UUID) -> Referral:
    """The referral as it stands now, after what this request touched is taken back."""
    db.session.rollback()
    referral = queries.addressed_referral(actor(), referral_id)
    if referral is None:
        abort(404)
    return referral


def _again(referral_id: UUID, action: ReferralAction, errors: Any) -> Any:
    return _form(_fresh(referral_id), action, errors=errors), 422


def _too_late(referral_id: UUID, action: ReferralAction, violation: RuleViolation | None = None) -> Any:
    """Somebody was faster, or the act does not fit: say what happened; keep what was typed if it can still be sent."""
    referral, who = _fresh(referral_id), actor()
    visible = queries.visible_referral(who, referral_id) is not None
    happened = _what_happened(referral)
    if violation is not None and violation.message.code not in ("referral_changed", "not_in_this_state"):
        happened = violation.message
    if visible and action in _possible(referral, judge(referral, actor=who, now=clock.now())):
        return _form(referral, action, notice=happened), 409
    return render_template("referrals/overtaken.html", referral=referral, sentence=happened, visible=visible), 409


def _what_happened(referral: Referral) -> Message:
    """By whom only as a colleague: who exactly is on the referral itself, for those who may open it."""
    if referral.taken_by_id not in (None, actor().id):
        return _at(last_acceptance(referral), COLLEAGUE_TODAY, COLLEAGUE)
    return _at(last_move(referral), MOVED_TODAY, MOVED, state=referral.state)


def _at(moment: datetime | None, today: str, earlier: str, **values: Any) -> Message:
    then = moment or clock.now()
    if formatting.local(then).date() == clock.today():
        return Message("today", today, {"hour": formatting.hour(then), **values})
    return Message("earlier", earlier, {"moment": then, **values})
