"""The person: only coded, finite facts in clear; everything that names somebody is sealed by category."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.keystore import OwnerKind
from referral.foundation.tables import Base, enum_column, new_id
from referral.people.duplicates import FoundBy, PairState
from referral.people.relations import Authority, LinkKind, Protection, Tracing
from referral.people.rules import AgeBand, AgeGroup, Nationality, Sex
from sop.vocabulary import Category


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


class PersonPair(Base):
    """Two persons who may be one; `evidence` are codes ("birth:swapped"), `weight` is in bits, the reason is sealed.

    `first_id` is the smaller id of the two, so that a pair stands once whichever was found from which.
    """

    __tablename__ = "person_pair"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    weight: Mapped[float] = mapped_column(Float)
    probable: Mapped[bool]
    evidence: Mapped[list[str]]
    state: Mapped[PairState] = mapped_column(enum_column(PairState), default=PairState.OPEN)
    found_by: Mapped[FoundBy] = mapped_column(enum_column(FoundBy))
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("first_id <> second_id", name="two_persons"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_person_pair_state_weight", "state", "weight", "id"),
    )


class PersonMerge(Base):
    """Two persons were found to be one: `merged_id` lives on in `kept_id`; can be taken back until `undo_until`.

    `moved` lists what pointed at the merged person (cases, links, linked, blocks), `facts` the coded facts of the kept
    one before and after, both so that undoing puts each thing back where it was. The merged person's own row, sealed
    data, key and tokens stay as they are until `settled_at`: old names still find the file.
    """

    __tablename__ = "person_merge"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("person_pair.id"), index=True)
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    moved: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    undo_until: Mapped[datetime] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two_persons"),
        Index(
            "uq_person_merge_merged_id_live",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


class MergeRecord(Base):
    """A sealed record as it stood before or after a merge: the same bytes under the same key, opened by nobody."""

    __tablename__ = "merge_record"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    merge_id: Mapped[UUID] = mapped_column(ForeignKey("person_merge.id"), index=True)
    before: Mapped[bool]
    record_id: Mapped[UUID]
    owner_id: Mapped[UUID] = mapped_column(index=True)
    owner_kind: Mapped[OwnerKind] = mapped_column(enum_column(OwnerKind))
    category: Mapped[Category] = mapped_column(enum_column(Category))
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int]
    updated_at: Mapped[datetime]


class DuplicateCheck(Base):
    """How far the search for duplicates has read: identities changed up to `until` are compared."""

    __tablename__ = "duplicate_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]
    last: Mapped[UUID | None]
