"""A version as files, made once for all who ask: a document of some sixty pages takes seconds to set."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from referral.procedures.documents import Edition, Parts, drawing_pdf, manual_in, sop_docx, sop_pdf
from sop.bpmn.writing import dump
from sop.flowchart import Flowchart
from sop.manual import Manual


class Paper(StrEnum):
    """What can be made of a version."""

    DOCUMENT = "document"
    OFFICE = "office"
    DRAWINGS = "drawings"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made; two orders are the same when `content` (the hashes of all that is printed) is."""

    paper: Paper
    edition: Edition
    lang: str
    content: tuple[str, ...]
    flowchart: Flowchart = field(compare=False)
    parts: Parts = field(compare=False)


@lru_cache(maxsize=48)
def printed(order: Order) -> bytes:
    """The file: PDF, DOCX or BPMN; the last 48 are kept (at most some 400 kB each): six versions in two languages."""
    match order.paper:
        case Paper.DOCUMENT:
            return sop_pdf(order.edition, order.flowchart, order.parts, lang=order.lang)
        case Paper.OFFICE:
            return sop_docx(order.edition, order.flowchart, order.parts, lang=order.lang)
        case Paper.DRAWINGS:
            return drawing_pdf(order.edition, order.flowchart, lang=order.lang)
        case Paper.MODEL:
            return dump(order.flowchart, order.lang)


@lru_cache(maxsize=12)
def book(order: Order) -> Manual:
    """The document as chapters and paragraphs: what a page shows and what comments are about."""
    return manual_in(order.flowchart, order.parts, order.lang)
