"""Sign-in, second factor, sign-out, own account, home by role, accounts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import ValidationError

from referral.consent.queries import reviewing
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, public, requires
from referral.foundation.grants import GRANTS, Permission, Role
from referral.foundation.transactions import commit_now
from referral.partners import actions, passwords, queries
from referral.partners.schemas import CodeSchema, PasswordSchema, SignInSchema
from referral.partners.signing_in import after_sign_in, present_session, safe_path
from referral.partners.views import bp

HOME: dict[Role, str] = {
    Role.FIRST_RESPONDER: "identification.index",
    Role.CASE_MANAGER: "cases.index",
    Role.SUPERVISOR: "cases.index",
    Role.PROVIDER: "referrals.inbox",
    Role.COORDINATOR: "cases.alerts",
    Role.COMMITTEE: "statistics.dashboard",
    Role.DATA_OFFICER: "consent.register",
    Role.ADMINISTRATOR: "partners.accounts",
}


@bp.get("/")
@public
def home() -> Any:
    """A stranger meets the sign-in page, a user the first page of the role."""
    if not current_user.is_authenticated:
        return _sign_in_page()
    return redirect(url_for(HOME[current_user.role]), code=303)


def _sign_in_page(*, error: str | None = None, username: str = "", status: int = 200) -> Any:
    page = render_template(
        "partners/sign_in.html",
        expired=False,
        next=request.values.get("next", ""),
        kept=request.form.get("kept", ""),
        error=error,
        username=username,
    )
    return page, status


@bp.get("/sign-in")
@public
def sign_in() -> Any:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(safe_path(request.args.get("next")), code=303)
    return _sign_in_page()


@bp.post("/sign-in")
@public
def sign_in_post() -> Any:
    """Count the try, check the password outside any transaction, start a session."""
    wrong = _("The name or the password is not right.")
    try:
        values = SignInSchema().load(request.form)
    except ValidationError:
        return _sign_in_page(error=wrong, username=request.form.get("username", "")[:120], status=422)
    name, now = values["username"].strip().lower(), clock.now()
    free = actions.count_try("user", name, now=now) & actions.count_try("address", request.remote_addr or "", now=now)
    user = queries.user_by_name(name)
    stored = user.password_hash if user is not None and user.active else None
    commit_now()
    if not free:
        return _sign_in_page(error=_("Too many tries. Wait a few minutes, then try again."), username=name, status=429)
    if not passwords.verify(stored, values["password"]) or user is None:
        return _sign_in_page(error=wrong, username=name, status=422)
    actions.forget_tries("user", name)
    session.clear()
    session["token"] = actions.open_session(user, now=now)
    session["language"] = user.language
    if user.role.needs_second_factor:
        return _code_page()
    return after_sign_in(request.form.get("next", ""), request.form.get("kept", ""))


def _code_page(*, error: str | None = None, status: int = 200) -> Any:
    page = render_template(
        "partners/code.html", next=request.values.get("next", ""), kept=request.form.get("kept", ""), error=error
    )
    return page, status


@bp.post("/sign-in/code")
@public
def sign_in_code() -> Any:
    """The second factor: six digits, each set of which opens once."""
    pending = present_session()
    if pending is None:
        return _sign_in_page(error=_("That took too long. Sign in again."), status=401)
    now = clock.now()
    wrong = _("This code is not right, or it was used already. Wait for the next one.")
    if not actions.count_try("code", str(pending.user_id), now=now):
        commit_now()
        return _code_page(error=_("Too many tries. Wait a few minutes, then try again."), status=429)
    commit_now()
    try:
        values = CodeSchema().load(request.form)
    except ValidationError:
        return _code_page(error=_("Enter the six digits that your application shows."), status=422)
    if not actions.pass_second_factor(pending, values["code"], now=now):
        return _code_page(error=wrong, status=422)
    actions.forget_tries("code", str(pending.user_id))
    return after_sign_in(request.form.get("next", ""), request.form.get("kept", ""))


@bp.post("/sign-out")
@requires(Permission.ACCOUNT_OWN)
def sign_out() -> Any:
    """End this session on the server, then forget the cookie."""
    present = present_session()
    if present is not None:
        actions.close_session(present, now=clock.now())
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("partners.sign_in"), code=303)


@bp.get("/account")
@requires(Permission.ACCOUNT_OWN)
def account() -> Any:
    """The own account: who, which role, what it may do, password."""
    return render_template("partners/account.html", errors={}, **_rights(actor()))


def _rights(user: Any) -> dict[str, Any]:
    return {"grants": GRANTS[user.role], "fills": can(Permission.IDENTIFICATION_FILL)}


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> Any:
    """Change the password; every session ends, this one too."""
    user, errors = actor(), {}
    try:
        values = PasswordSchema().load(request.form)
    except ValidationError:
        values, errors = {}, {"present": _("Fill in the three fields.")}
    stored = user.password_hash
    commit_now()
    if values and not passwords.verify(stored, values["present"]):
        errors["present"] = _("This is not your present password.")
    elif values and values["new"] != values["again"]:
        errors["again"] = _("The two entries differ.")
    elif values and (complaint := passwords.complaint(values["new"], user.username)):
        errors["new"] = _(complaint.text) % dict(complaint.values)
    if errors:
        return render_template("partners/account.html", errors=errors, **_rights(user)), 422
    new_hash = passwords.hash_password(values["new"])
    actions.change_password(user, new_hash, now=clock.now())
    session.clear()
    flash(_("Your password is changed. Sign in with the new one."), "success")
    return redirect(url_for("partners.sign_in"), code=303)


@bp.get("/accounts")
@requires(Permission.USER_READ)
def accounts() -> Any:
    """Who has an account, and who may do what: no content of any case."""
    users = db.session.scalars(queries.accounts()).all()
    return render_template("partners/accounts.html", users=users, grants=GRANTS, permissions=list(Permission),
        without_officer=reviewing.without_officer(clock.now()),
        coordinated=any(user.role is Role.COORDINATOR and user.active for user in users),
    )  # fmt: skip
