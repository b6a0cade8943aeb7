"""The extensions, made once and bound to the application in `create_app`."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import current_app, g
from flask_alembic import Alembic
from flask_babel import Babel, Domain, get_locale
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from referral.foundation.tables import Base


def locale_now() -> Locale | None:
    """The locale of this moment, which `force_locale` changes: Flask-Babel's answer, in one look once it is known."""
    try:
        return g._get_current_object()._flask_babel.babel_locale or get_locale()  # noqa: SLF001 - see the docstring
    except (AttributeError, RuntimeError):
        return get_locale()


class Catalogues(Domain):
    """The catalogues, read once for the life of the application; a page asks for them hundreds of times."""

    def get_translations(self) -> NullTranslations:
        """Those of the locale of this moment."""
        locale = locale_now()
        if locale is None:
            return NullTranslations()
        key = (locale.language, locale.territory)
        found: NullTranslations | None = self.cache.get(key)
        if found is None:
            found = self.cache[key] = super().get_translations()
        return found


class OneCatalogue(Babel):
    """Flask-Babel with one domain for the life of the application: it would read the catalogue anew in each request."""

    @property
    def domain_instance(self) -> Domain:
        """The domain with its catalogues already read."""
        domain: Domain | None = current_app.extensions.get("mnr.catalogues")
        if domain is None:
            domain = current_app.extensions["mnr.catalogues"] = Catalogues(domain=self.domain)
        return domain


class OneDatabase(Session):
    """A session on the one database of the application: nothing has to be asked before each statement."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **_: Any) -> Any:  # noqa: ARG002 - as the library calls it
        """What was given, else the application's engine."""
        return self._db.engine if bind is None else bind


db = SQLAlchemy(model_class=Base, session_options={"class_": OneDatabase, "join_transaction_mode": "create_savepoint"})
csrf = CSRFProtect()
login_manager = LoginManager()
babel = OneCatalogue()


class NumberedMigrations(Alembic):
    """Alembic with readable revisions: 0001, 0002, …, so that files sort and two at once collide."""

    def rev_id(self) -> str:
        """The number after the last one."""
        last = max((int(revision.revision) for revision in self.script_directory.walk_revisions()), default=0)
        return f"{last + 1:04d}"


alembic = NumberedMigrations(run_mkdir=False, metadatas=Base.metadata)

will_write: ContextVar[bool] = ContextVar("will_write", default=True)
"""Whether the transaction that starts now writes: SQLite then takes its write lock at once (BEGIN IMMEDIATE)."""

SQLITE_PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=8000", "synchronous=FULL", "secure_delete=ON")


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite safe: foreign keys, WAL, erased pages, and a BEGIN of our own."""

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if will_write.get() else "BEGIN")
