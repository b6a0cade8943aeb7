"""The service-provider directory in Open Referral HSDS 3 words. Knows neither Flask nor a database."""

from directory.criteria import Answer, Criteria, Criterion, Moment, Verdict, age_range
from directory.matching import Candidate, Catalogue, Ranking, judge, rank
from directory.offers import Offer, flatten
from directory.vocabulary import N_, Message, render

__all__ = [
    "N_",
    "Answer",
    "Candidate",
    "Catalogue",
    "Criteria",
    "Criterion",
    "Message",
    "Moment",
    "Offer",
    "Ranking",
    "Verdict",
    "age_range",
    "flatten",
    "judge",
    "rank",
    "render",
]
