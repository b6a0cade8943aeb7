"""The person: only coded, finite facts in clear; everything that names somebody is sealed by category."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.people.relations import Authority, LinkKind, Protection, Tracing
from referral.people.rules import AgeBand, AgeGroup, Nationality, Sex


class Person(Base):
    """A person: coded facts only. `protection` says why the name is kept from all but those who work on the case."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sex: Mapped[Sex] = mapped_column(enum_column(Sex), default=Sex.UNKNOWN)
    age_band: Mapped[AgeBand] = mapped_column(enum_column(AgeBand), default=AgeBand.DOUBTFUL)
    age_group: Mapped[AgeGroup] = mapped_column(enum_column(AgeGroup), default=AgeGroup.UNKNOWN)
    birth_year: Mapped[int | None]
    nationality: Mapped[Nationality] = mapped_column(enum_column(Nationality), default=Nationality.UNKNOWN)
    language: Mapped[str] = mapped_column(String(8), default="")
    protection: Mapped[Protection | None] = mapped_column(enum_column(Protection))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class PersonLink(Base):
    """One tie of a person to a relative, a guardian or a companion; `kind` is what the other one is to the person.

    The other one has a file (`other_id`) or is known by words, which are sealed with the person's own (`WORDS`).
    `agreed_on` is the day on which the person agreed to the search.
    """

    __tablename__ = "person_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(enum_column(LinkKind))
    authority: Mapped[Authority] = mapped_column(enum_column(Authority), default=Authority.NONE)
    tracing: Mapped[Tracing] = mapped_column(enum_column(Tracing))
    same_household: Mapped[bool] = mapped_column(default=False)
    agreed_on: Mapped[date | None]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("other_id IS NULL OR other_id <> person_id", name="somebody_else"),
        Index("ix_person_link_tracing_changed_at", "tracing", "changed_at"),
    )


class PersonBlock(Base):
    """Rule A2: a person may say that a user or an organisation must not see anything of theirs."""

    __tablename__ = "person_block"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    reason: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("user_id IS NOT NULL OR organization_id IS NOT NULL", name="blocks_somebody"),)
