"""The sheet that every document is printed on: A4, styles, and the header and footer of each page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_time
from flask_babel import force_locale, gettext
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from referral.foundation import formatting
from referral.foundation.codes_drawn import draw_code, qr_matrix
from referral.foundation.lettering import BOLD, REGULAR, inline, load_fonts
from referral.foundation.pictures import draw_scene
from sop.scene import GREEN, GREEN_DARK, HATCH_INK, INK, MUTED, OCHRE, WHITE, Polygon, Scene
from sop.vocabulary import N_

DOUALA = ZoneInfo("Africa/Douala")
PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 18 * mm
TOP = 29 * mm
STAMPED_TOP = 32 * mm
BOTTOM = 23 * mm
FRAME_WIDTH = PAGE_WIDTH - 2 * MARGIN

EMBLEM = Scene(
    24,
    24,
    (
        Polygon(((12, 1), (23, 12), (12, 23), (1, 12)), fill=WHITE, stroke=GREEN, stroke_width=2),
        Polygon(((12, 6.5), (17.5, 12), (12, 17.5), (6.5, 12)), fill=OCHRE),
    ),
    "Emblem",
)


@dataclass(frozen=True, slots=True)
class House:
    """Who prints: the country's settings. `notice` stands on every page, for example that this is a demonstration."""

    name: str = "MNR"
    authority: str = ""
    notice: str = ""
    emblem: Scene = field(default=EMBLEM)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A QR code on every page: the address that it leads to, and the number of this sheet in letters under it."""

    address: str
    number: str


STAMP_SIDE = 20 * mm


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the margins of a document say."""

    title: str
    lang: str
    printed_at: datetime | None
    reference: str
    audit_head: str
    house: House
    stamp: Stamp | None = None

    def say(self, message: str, **values: object) -> str:
        """A message id in the document's language, which may differ from the reader's page."""
        return say(self.lang, message, **values)


def say(lang: str, message: str, **values: object) -> str:
    """Translate a message id into `lang`; outside the application it stays English."""
    with force_locale(str(locale(lang))):
        text: str = gettext(message, **values)
    return text


def locale(lang: str) -> Locale:
    """The locale for dates and numbers; British order in English; French when unknown."""
    try:
        return Locale("en", "GB") if lang == "en" else Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("fr")


def moment(lang: str, at: datetime) -> str:
    """Date and time in Douala, written out."""
    there = at.astimezone(DOUALA)
    day = formatting.written(there.date(), "d MMMM y", locale(lang))
    return f"{day}, {format_time(there, 'HH:mm', locale=locale(lang))}"


LARGE = 1.5
"""How much larger a paper is that a person reads who sees badly or reads seldom."""


@cache
def styles(scale: float = 1.0) -> dict[str, ParagraphStyle]:
    """The paragraph styles by name, all in the embedded face, `scale` times their usual size."""
    made = _usual_styles()
    if scale == 1.0:
        return made
    sizes = ("fontSize", "leading", "spaceBefore", "spaceAfter", "leftIndent", "bulletIndent")
    return {
        name: ParagraphStyle(f"{name}-large", one, **{size: getattr(one, size) * scale for size in sizes})
        for name, one in made.items()
    }


def _usual_styles() -> dict[str, ParagraphStyle]:
    load_fonts()
    ink = HexColor(INK)
    body = ParagraphStyle("body", fontName=REGULAR, fontSize=10, leading=13.6, textColor=ink, spaceAfter=5)
    made = {
        "body": body,
        "strong": ParagraphStyle("strong", body, fontName=BOLD),
        "small": ParagraphStyle("small", body, fontSize=8.5, leading=11.2, textColor=HexColor(MUTED)),
        "title": ParagraphStyle("title", body, fontName=BOLD, fontSize=18, leading=22, spaceAfter=2),
        "lead": ParagraphStyle("lead", body, textColor=HexColor(MUTED), spaceAfter=0),
        "heading2": ParagraphStyle(
            "heading2", body, fontName=BOLD, fontSize=12.5, leading=16, spaceBefore=9, spaceAfter=4, keepWithNext=1
        ),
        "heading3": ParagraphStyle("heading3", body, fontName=BOLD, spaceBefore=6, spaceAfter=2, keepWithNext=1),
        "cell": ParagraphStyle("cell", body, fontSize=9.2, leading=12, spaceAfter=0),
        "bullet": ParagraphStyle("bullet", body, leftIndent=13, bulletIndent=3, spaceAfter=2.5, bulletFontName=REGULAR),
    }
    cell = made["cell"]
    made["number"] = ParagraphStyle("number", cell, alignment=2)
    made["head"] = ParagraphStyle("head", cell, fontName=BOLD)
    made["head_number"] = ParagraphStyle("head_number", made["head"], alignment=2)
    made["label"] = ParagraphStyle("label", cell, fontSize=8.6, textColor=HexColor(MUTED))
    made["value"] = ParagraphStyle("value", cell, fontSize=10, leading=13)
    made["notice"] = ParagraphStyle(
        "notice",
        body,
        backColor=HexColor("#f1f0ec"),
        borderColor=ink,
        borderWidth=0.8,
        borderPadding=(6, 9, 7, 9),
        leftIndent=9,
        rightIndent=9,
        spaceBefore=12,
        spaceAfter=16,
    )
    return made


def sheet_maker(imprint: Imprint) -> Callable[..., Canvas]:
    """A canvas that holds its pages back until their number is known, then writes the margins of each."""

    class Sheet(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - the canvas's own name
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._held, start=1):
                self.__dict__.update(page)
                _header(self, imprint)
                _footer(self, imprint, number, len(self._held))
                super().showPage()
            super().save()

    return Sheet


def _size(canvas: Canvas) -> tuple[float, float]:
    """Width and height of the page that is being written: not all pages of a document are alike."""
    width, height = canvas._pagesize  # noqa: SLF001 - reportlab has no public name for it
    return float(width), float(height)


def _header(canvas: Canvas, imprint: Imprint) -> None:
    (page_width, page_height), house = _size(canvas), imprint.house
    top, room = page_height - 12 * mm, page_width - 2 * MARGIN
    height = 8.5 * mm
    width = height * house.emblem.width / house.emblem.height
    draw_scene(canvas, house.emblem, MARGIN, top - height, width)
    left, right = MARGIN + width + 3 * mm, page_width - MARGIN
    if imprint.stamp:
        right = _stamp(canvas, imprint.stamp, right, page_height)
    write(canvas, left, top - 10, house.name, BOLD, 11.5, GREEN_DARK, room * 0.5)
    write(canvas, left, top - 21, house.authority, REGULAR, 8.5, MUTED, room * 0.55)
    write(canvas, right, top - 10, imprint.reference, BOLD, 10.5, INK, room * 0.4, end=True)
    write(canvas, right, top - 21, house.notice or imprint.title, REGULAR, 8.5, MUTED, room * 0.35, end=True)
    canvas.setStrokeColor(HexColor(GREEN))
    canvas.setLineWidth(1.2)
    canvas.line(MARGIN, top - height - 6, right, top - height - 6)


def _stamp(canvas: Canvas, stamp: Stamp, right: float, page_height: float) -> float:
    """The code in the corner and its number under it; returns how far the rest of the head may reach."""
    left, low = right - STAMP_SIDE, page_height - 5 * mm - STAMP_SIDE
    draw_code(canvas, qr_matrix(stamp.address), left, low, STAMP_SIDE)
    canvas.setFillColor(HexColor(INK))
    canvas.setFont(BOLD, 8)
    canvas.drawCentredString(left + STAMP_SIDE / 2, low - 5, inline(stamp.number))
    return left - 3 * mm


def _footer(canvas: Canvas, imprint: Imprint, page: int, pages: int) -> None:
    base, right = 10 * mm, _size(canvas)[0] - MARGIN
    room = right - MARGIN
    canvas.setStrokeColor(HexColor(HATCH_INK))
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, base + 17, right, base + 17)
    parts = [imprint.reference]
    if imprint.printed_at:
        when = moment(imprint.lang, imprint.printed_at)
        parts.append(imprint.say(N_("Printed on %(moment)s, Douala time"), moment=when))
    first = " · ".join(part for part in parts if part)
    write(canvas, MARGIN, base + 7, first, REGULAR, 8, MUTED, room * 0.8)
    if imprint.audit_head:
        head = imprint.say(N_("Audit head: %(head)s"), head=imprint.audit_head)
        write(canvas, MARGIN, base - 3.5, head, REGULAR, 7.5, MUTED, room)
    number = imprint.say(N_("Page %(page)d of %(pages)d"), page=page, pages=pages)
    write(canvas, right, base + 7, number, BOLD, 8, INK, room * 0.2, end=True)


def write(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    font: str,
    size: float,
    colour: str,
    width: float,
    *,
    end: bool = False,
) -> None:
    """One line from `x` on, or up to it (`end`), at most `width` points wide."""
    canvas.setFillColor(HexColor(colour))
    canvas.setFont(font, size)
    (canvas.drawRightString if end else canvas.drawString)(x, y, _fitted(inline(text), font, size, width))


def _fitted(text: str, font: str, size: float, width: float) -> str:
    """At most `width` points of the text; what is cut is shown as cut."""
    text = text[:400]
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
