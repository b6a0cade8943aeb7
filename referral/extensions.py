"""The extensions, made once and bound to the application in `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ClassVar

from alembic.runtime.migration import MigrationContext
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
    """A session on the one database of the application, which tells of statements that change many rows at once.

    `before_bulk` holds functions (session, statement) that are called before an INSERT, UPDATE or DELETE statement;
    SQLAlchemy's own event would prepare every SELECT twice.
    """

    before_bulk: ClassVar[list[Callable[[Session, Any], None]]] = []
    before_flush: ClassVar[list[Callable[[Session], None]]] = []

    def flush(self, objects: Any = None) -> None:
        """Write what changed; what waits beside the mapped objects (`before_flush`) goes first."""
        for listener in self.before_flush:
            listener(self)
        super().flush(objects)

    def execute(self, statement: Any, *args: Any, **options: Any) -> Any:
        """Run a statement."""
        self._tell(statement)
        return super().execute(statement, *args, **options)

    def scalars(self, statement: Any, *args: Any, **options: Any) -> Any:
        """Run a statement for the first column of its rows."""
        self._tell(statement)
        return super().scalars(statement, *args, **options)

    def scalar(self, statement: Any, *args: Any, **options: Any) -> Any:
        """Run a statement for one value."""
        self._tell(statement)
        return super().scalar(statement, *args, **options)

    def _tell(self, statement: Any) -> None:
        if getattr(statement, "is_dml", False):
            for listener in self.before_bulk:
                listener(self, statement)

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

    def run_migrations(self, fn: Callable[..., Any], **kwargs: Any) -> None:
        """Run them with SQLite’s foreign keys off: a table is changed by being remade, under those that refer to it.

        What refers to nothing afterwards is found before a step counts (`check_references`), and all is rolled back.
        """
        connection = self.migration_context.connection
        if connection is None or connection.dialect.name != "sqlite":
            super().run_migrations(fn, **kwargs)
            return
        connection.commit()  # inside a transaction the setting would be ignored
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            super().run_migrations(fn, **kwargs)
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")


def check_references(ctx: MigrationContext, **_: Any) -> None:
    """Raise RuntimeError with the tables whose rows refer to nothing after a migration of SQLite."""
    if ctx.connection is not None and ctx.connection.dialect.name == "sqlite":
        broken = {row[0] for row in ctx.connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if broken:
            raise RuntimeError(f"rows refer to nothing in {', '.join(sorted(broken))}")


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
