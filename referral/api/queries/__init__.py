"""What the directory API reads: ids of one page, then all that belongs to them, in a fixed number of statements."""

from referral.api.queries.finding import NoSuchPlace, Wrong
from referral.api.queries.pages import Listed, Missing, Page
from referral.api.queries.resources import (
    Ended,
    Replaced,
    organization,
    organizations,
    place,
    places,
    service,
    services,
)
from referral.api.queries.terms import taxonomies, taxonomy, term, terms

__all__ = [
    "Ended",
    "Listed",
    "Missing",
    "NoSuchPlace",
    "Page",
    "Replaced",
    "Wrong",
    "organization",
    "organizations",
    "place",
    "places",
    "service",
    "services",
    "taxonomies",
    "taxonomy",
    "term",
    "terms",
]
