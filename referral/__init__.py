"""The application, one folder a blueprint; only it knows Flask and SQLAlchemy. `create_app` lists its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from jinja2 import StrictUndefined

from referral.config import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "0.1.0"


def create_app(settings: Settings, overrides: Mapping[str, object] | None = None) -> Flask:
    """Build the application; it refuses to start when an endpoint does not say who may call it."""
    from referral.foundation.pages import Pages

    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.jinja_environment = Pages
    configure(app, settings, overrides or {})
    connect_databases(app)
    stand_on_foundation(app)
    register_blueprints(app)
    register_commands(app)
    register_jobs()
    from referral.foundation.access import check_declarations

    check_declarations(app)
    return app


def configure(app: Flask, settings: Settings, overrides: Mapping[str, object]) -> None:
    """Flask's own settings, all derived from ours."""
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "mnr_session",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2_000,
        ALEMBIC={"script_location": str(ROOT / "migrations"), "file_template": "%%(rev)s_%%(slug)s"},
        **overrides,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(settings=settings, version=VERSION)


def connect_databases(app: Flask) -> None:
    """The main database, its migrations, and the key store apart from it."""
    from referral.extensions import alembic, check_references, db, prepare_sqlite
    from referral.foundation import keystore

    app.config["ALEMBIC_CONTEXT"] = {"render_as_batch": True, "on_version_apply": check_references}
    db.init_app(app)
    alembic.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
    keystore.init_app(app)


def stand_on_foundation(app: Flask) -> None:
    """Order matters: who writes, who asks, may they, then the page's own needs."""
    from referral import errors
    from referral.extensions import csrf
    from referral.foundation import access, assets, formatting, headers, i18n, idempotency, navigation, transactions
    from referral.partners import signing_in

    headers.init_app(app)
    transactions.init_app(app)
    signing_in.init_app(app)
    app.before_request(access.make_room)
    csrf.init_app(app)
    app.before_request(access.guard)
    i18n.init_app(app)
    formatting.init_app(app)
    assets.init_app(app)
    idempotency.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)


def register_blueprints(app: Flask) -> None:
    """One folder a blueprint, in the order in which they may use each other."""
    from referral.api import views as api
    from referral.cases.views import bp as cases
    from referral.consent.views import bp as consent
    from referral.identification.views import bp as identification
    from referral.identification.views.offline import bp as offline
    from referral.identification.views.openrosa import bp as openrosa
    from referral.partners.views import bp as partners
    from referral.people.views import bp as people
    from referral.procedures.views import bp as procedures
    from referral.providers.views import bp as providers
    from referral.referrals.views import bp as referrals
    from referral.rights.views import bp as rights
    from referral.statistics.views import bp as statistics

    for blueprint in (
        partners,
        providers,
        procedures,
        people,
        cases,
        identification,
        openrosa,
        offline,
        referrals,
        consent,
        rights,
        statistics,
    ):
        app.register_blueprint(blueprint)
    api.init_app(app)


def register_jobs() -> None:
    """What the worker does for the blueprints."""
    from referral.consent.actions import emergencies, renewing
    from referral.foundation import jobs
    from referral.partners.actions import watching
    from referral.people.actions import duplicates, merging
    from referral.providers.actions import (
        end_notices,
        fall_back,
        keep_month,
        look_for_double_organizations,
        look_for_doubles,
        remind,
        remind_of_gaps,
    )
    from referral.rights.actions import breaching, holding, reminding, retaining, stopping

    jobs.register("duplicates", 3600, duplicates.check_changed)
    jobs.register("merges", 3600, merging.settle_due)
    jobs.register("emergencies", 900, emergencies.remind)
    jobs.register("directory", 900, remind)
    jobs.register("double_entries", 3600, look_for_doubles)
    jobs.register("double_organizations", 3600, look_for_double_organizations)
    jobs.register("coverage", 3600, keep_month)
    jobs.register("gaps", 3600, remind_of_gaps)
    jobs.register("area_notices", 900, end_notices)
    jobs.register("autonomy", 21_600, fall_back)
    jobs.register("agreements", 900, watching.watch)
    jobs.register("retention", 86_400, retaining.propose)
    jobs.register("rights", 3600, reminding.remind)
    jobs.register("unreviewed", 3600, breaching.report_unreviewed)
    jobs.register("holds", 3600, holding.lapse)
    jobs.register("stops", 3600, stopping.chase)
    jobs.register("consents", 3600, renewing.remind)


def register_commands(app: Flask) -> None:
    """The command line: `flask --app wsgi …`."""
    from referral import cli

    cli.init_app(app)
