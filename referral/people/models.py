"""The person: only coded, finite facts in clear; everything that names somebody is sealed by category."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.people.rules import AgeBand, AgeGroup, Nationality, Sex


class Person(Base):
    """A person. `age` is in completed years where known; `age_band` says minor, doubtful or adult."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sex: Mapped[Sex] = mapped_column(enum_column(Sex), default=Sex.UNKNOWN)
    age_band: Mapped[AgeBand] = mapped_column(enum_column(AgeBand), default=AgeBand.DOUBTFUL)
    age_group: Mapped[AgeGroup] = mapped_column(enum_column(AgeGroup), default=AgeGroup.UNKNOWN)
    birth_year: Mapped[int | None]
    nationality: Mapped[Nationality] = mapped_column(enum_column(Nationality), default=Nationality.UNKNOWN)
    language: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


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
