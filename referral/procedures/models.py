"""Tables of procedure versions and form versions: immutable texts with their hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.procedures.rules import VersionState


class ProcedureVersion(Base):
    """One version of the flowchart and its triage table; a case stays on the version that it was opened under.

    Their texts are long and compiled once a process, so they are only read when somebody asks for them.
    """

    __tablename__ = "procedure_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[VersionState] = mapped_column(enum_column(VersionState))
    flowchart: Mapped[str] = mapped_column(Text, deferred=True)
    triage: Mapped[str] = mapped_column(Text, deferred=True)
    imported_at: Mapped[datetime]


class FormVersion(Base):
    """One compiled version of a form; a submission stays on the version that it was filled in with.

    What was compiled is long and kept by the process, so it is only read when somebody asks for it.
    """

    __tablename__ = "form_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    content_hash: Mapped[str] = mapped_column(String(64))
    compiled: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    active: Mapped[bool] = mapped_column(default=True)
    imported_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("name", "content_hash"),)
