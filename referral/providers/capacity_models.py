"""HSDS service_capacity: the places of an entry, one row for everybody and one for each group that has its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.taxonomy import CapacityStatus, Group
from referral.foundation.tables import Base, enum_column, new_id


class ServiceCapacity(Base):
    """Places as somebody declared them; past their shelf life, or `valid_until`, nobody believes them any more."""

    __tablename__ = "service_capacity"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"))
    audience: Mapped[Group] = mapped_column(enum_column(Group), default=Group.EVERYBODY)
    status: Mapped[CapacityStatus] = mapped_column(enum_column(CapacityStatus), default=CapacityStatus.UNKNOWN)
    available: Mapped[int | None]
    maximum: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(24), default="")
    waiting_days: Mapped[int | None]
    updated_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    waitlist_count: Mapped[int | None]
    funded_maximum: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        UniqueConstraint("service_at_location_id", "audience"),
        CheckConstraint("available IS NULL OR available >= 0", name="available"),
    )


def _everybody(name: str, empty: Any = None) -> Any:
    """A column of the row for everybody, as if the entry had it; writing makes the row."""

    def read(self: WithPlaces) -> Any:
        row = self.for_everybody
        return empty if row is None else getattr(row, name)

    def write(self: WithPlaces, value: Any) -> None:
        row = self.for_everybody
        if row is None:
            row = ServiceCapacity(audience=Group.EVERYBODY, status=CapacityStatus.UNKNOWN, unit="", note="")
            self.capacities.append(row)
        setattr(row, name, value)

    return property(read, write)


class WithPlaces:
    """What an entry declares for everybody, read and written as one; `capacities` holds every row."""

    capacities: Any

    @property
    def for_everybody(self) -> ServiceCapacity | None:
        """The row for everybody, where there is one."""
        return next((one for one in self.capacities if one.audience is Group.EVERYBODY), None)

    @property
    def for_groups(self) -> list[ServiceCapacity]:
        """The rows of groups with places of their own, in the order in which they are shown."""
        order = list(Group)
        kept = [one for one in self.capacities if one.audience is not Group.EVERYBODY]
        return sorted(kept, key=lambda one: order.index(one.audience))

    capacity_status = _everybody("status", CapacityStatus.UNKNOWN)
    capacity_available = _everybody("available")
    capacity_maximum = _everybody("maximum")
    capacity_unit = _everybody("unit", "")
    capacity_updated_at = _everybody("updated_at")
    capacity_valid_until = _everybody("valid_until")
    waiting_days = _everybody("waiting_days")
