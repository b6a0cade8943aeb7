"""A blank form on paper: its questions numbered, boxes to tick, lines to write on, and in words when each is asked.

Every sheet carries the form, its version and its fingerprint, and a code that opens its typing in: the same sheet
never makes two files.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from referral.foundation import paper
from referral.foundation.blanks import LINE, Digits, Lines, Mark
from referral.foundation.documents import Document
from referral.foundation.lettering import REGULAR, clean, markup
from referral.foundation.paper import FRAME_WIDTH, House, Stamp
from sop.form_words import Wording, numbered, skip_words
from sop.forms import Form
from sop.nodes import Number
from sop.questions import Choice, Group, Kind, Question
from sop.scene import INK
from sop.vocabulary import N_

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for each other."""
SHORT: Final = 12
"""Signs of the hash that stand on every sheet."""
NUMBER_WIDTH: Final = 9 * mm
BODY: Final = FRAME_WIDTH - NUMBER_WIDTH
MOST_TICKS: Final = 30
"""Of longer lists the answer is written."""
ROWS: Final = 6
MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 5
HEAD_CHOICES: Final = 6
TEXT_LINES: Final = 4

DATE = (N_("day"), N_("month"), N_("year"))
SELECTED_SEVERAL = N_("several answers possible")
WRITE_NAME = N_("Write the answer in words.")
PROTECTION = N_(
    "Once filled in, this sheet holds personal data. Keep it locked away, show it to nobody who does not need it, "
    "type it in as soon as you can, then destroy it as your organisation prescribes."
)
HOW_TO = N_(
    "Circle: one answer. Square: several answers. The person may leave any question out. Use one sheet for one person "
    "only; do not photocopy it: print another, each has its own number."
)
ATTACHED: Final[Mapping[Kind, str]] = {
    Kind.IMAGE: N_("Take the photo when you type this sheet in."),
    Kind.AUDIO: N_("Record it when you type this sheet in."),
    Kind.VIDEO: N_("Film it when you type this sheet in."),
    Kind.FILE: N_("Add the file when you type this sheet in."),
}


def paper_number() -> str:
    """A new number for a sheet: ten signs that nobody guesses, in two halves."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"


@dataclass(frozen=True, slots=True)
class Blank:
    """What is printed: the form, its fingerprint, the number of the sheet and the address that types it in."""

    form: Form
    content_hash: str
    stamp: Stamp | None = None

    @property
    def reference(self) -> str:
        """What every sheet says of the form."""
        return f"{self.form.id} {self.form.version} · {self.content_hash[:SHORT]}"


def blank_form(blank: Blank, *, lang: str, house: House | None = None) -> bytes:
    """The form as PDF, A4, black on white; the same blank gives the same bytes."""
    return _Sheet(blank, lang, house).document().render()


class _Sheet:
    """Sets one form in one language."""

    def __init__(self, blank: Blank, lang: str, house: House | None) -> None:
        self.blank, self.form, self.lang, self.house = blank, blank.form, lang, house
        self.wording = Wording(self.form, numbered(self.form), lang, self.say)
        plain = paper.styles()
        self.small: ParagraphStyle = plain["small"]
        self.cell: ParagraphStyle = plain["cell"]
        self.label = ParagraphStyle("question", plain["strong"], fontSize=9.6, leading=12, spaceAfter=0)
        self.number = ParagraphStyle("question_number", self.label, alignment=0)
        self.skip = ParagraphStyle("skip", plain["strong"], fontSize=8.5, leading=11, spaceAfter=0)
        self.hint = ParagraphStyle("hint", self.small, fontSize=8, leading=10, spaceAfter=0)
        self.band = ParagraphStyle("band", plain["strong"], fontSize=11.5, leading=14, spaceAfter=0)
        self.head = ParagraphStyle("grid_head", plain["head"], fontSize=8, leading=9.6)

    def say(self, message: str, **values: object) -> str:
        """A message id in the language of the sheet."""
        return paper.say(self.lang, message, **values)

    def _asked(self, message: str) -> str:
        """A word before a line, with its colon."""
        return clean(self.say(message) + self.say(N_(": "))).rstrip()

    def document(self) -> Document:
        """The whole form."""
        title = self.form.title or self.form.id
        document = Document(
            title,
            lang=self.lang,
            reference=self.blank.reference,
            subtitle=self.say(N_("Form to fill in by hand")),
            house=self.house,
            stamp=self.blank.stamp,
        )
        document.put(self._opening)
        for number, screen in enumerate(self.form.screens(), start=1):
            document.put(lambda number=number, screen=screen: self._screen(number, screen))  # type: ignore[misc]
        return document

    def _opening(self) -> list[Flowable]:
        words = Paragraph(f"<b>{markup(self.say(PROTECTION))}</b><br/>{markup(self.say(HOW_TO))}", self.small)
        box = Table([[words]], colWidths=[FRAME_WIDTH])
        box.setStyle([("BOX", (0, 0), (-1, -1), 0.9, HexColor(INK)), *_padding(5)])
        who = [
            [
                Lines(words=self._asked(N_("Filled in by"))),
                Lines(words=self._asked(N_("Organisation"))),
            ]
        ]
        row = Table(who, colWidths=[FRAME_WIDTH / 2 - 4, FRAME_WIDTH / 2 + 4])
        row.setStyle([*_padding(0), ("RIGHTPADDING", (0, 0), (0, 0), 8)])
        return [box, row, Spacer(0, 6)]

    def _screen(self, number: int, screen: Any) -> list[Flowable]:
        """A band with the name of the screen, then its questions; the first stays with the band."""
        group = self.form.groups.get(screen.name)
        head: list[Flowable] = [self._band(f"{number}. {self.wording.text(screen.label) or self.form.title}")]
        if group is not None and group.relevant is not None:
            head += [self._skip(skip_words(group.relevant, self.wording)), Spacer(0, 3)]
        parts = list(self._parts(screen.questions, 1 if group else 0))
        if not parts:
            return []
        if len(parts) > 1 and not screen.questions[0].asks:  # what is to be read first stays with what is asked first
            parts[:2] = [[*parts[0], *parts[1]]]
        kept = [[*head, *parts[0]], *parts[1:]]
        return [*(KeepTogether(part) for part in kept), Spacer(0, 5)]

    def _parts(self, questions: Sequence[Question], depth: int) -> Iterator[list[Flowable]]:
        """What no page break may part: questions in order; a group is headed, a repeat becomes a table."""
        at = 0
        while at < len(questions):
            inner = questions[at].groups[depth] if len(questions[at].groups) > depth else ""
            outer = self._repeat(questions[at], depth)
            if outer is not None:
                inside = [one for one in questions[at:] if outer.name in one.groups]
                yield from self._grid(outer, inside)
                at += len(inside)
            elif inner:
                inside = [one for one in questions[at:] if len(one.groups) > depth and one.groups[depth] == inner]
                yield from self._group(self.form.groups[inner], list(self._parts(inside, depth + 1)))
                at += len(inside)
            else:
                yield [self._question(questions[at])]
                at += 1

    def _repeat(self, question: Question, depth: int) -> Group | None:
        """The repeat that begins at this depth (or is the screen itself)."""
        names = question.groups[max(depth - 1, 0) : depth + 1]
        return next((self.form.groups[name] for name in names if self.form.groups[name].repeat), None)

    def _group(self, group: Group, parts: list[list[Flowable]]) -> Iterator[list[Flowable]]:
        head: list[Flowable] = []
        if label := self.wording.text(group.label):
            head.append(Paragraph(markup(label), ParagraphStyle("inner", self.label, spaceBefore=5, spaceAfter=2)))
        if group.relevant is not None:
            head.append(self._skip(skip_words(group.relevant, self.wording)))
        yield [*head, *(parts[0] if parts else [])]
        yield from parts[1:]

    def _band(self, words: str) -> Flowable:
        band = Table([[Paragraph(markup(words), self.band)]], colWidths=[FRAME_WIDTH])
        line = ("LINEABOVE", (0, 0), (-1, 0), 1.4, HexColor(INK))
        band.setStyle([line, ("LINEBELOW", (0, 0), (-1, 0), 0.6, HexColor(INK)), *_padding(3)])
        band.spaceBefore, band.spaceAfter = 6, 3
        return band

    def _skip(self, words: str) -> Flowable:
        return Paragraph(f"→ {markup(words)}", self.skip)

    def _question(self, question: Question) -> Flowable:
        if not question.asks:
            return self._note(question)
        body: list[Flowable] = [self._label(question)]
        if hint := self.wording.text(question.hint):
            body.append(Paragraph(markup(hint), self.hint))
        if question.relevant is not None:
            body.append(self._skip(skip_words(question.relevant, self.wording)))
        body += [Spacer(0, 2), *self._answer(question)]
        number = Paragraph(markup(self.wording.numbers[question.name]), self.number)
        row = Table([[number, body]], colWidths=[NUMBER_WIDTH, BODY], splitInRow=1)
        row.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)])
        return row

    def _label(self, question: Question) -> Flowable:
        label = markup(self.wording.text(question.label) or question.name)
        more = [self.say(SELECTED_SEVERAL)] if question.type is Kind.SELECT_MULTIPLE else []
        more += [self.say(N_("must be answered"))] if question.required is not None else []
        words = f' <font name="{REGULAR}" size="8">({markup(", ".join(more))})</font>' if more else ""
        return Paragraph(label + words, self.label)

    def _note(self, question: Question) -> Flowable:
        words = markup(self.wording.text(question.label))
        if question.relevant is not None:
            words = f"<b>→ {markup(skip_words(question.relevant, self.wording))}</b><br/>{words}"
        box = Table([[Paragraph(words, self.small)]], colWidths=[FRAME_WIDTH], splitInRow=1)
        box.setStyle(
            [("LINEBEFORE", (0, 0), (0, -1), 2, HexColor(INK)), *_padding(3), ("LEFTPADDING", (0, 0), (0, -1), 7)]
        )
        box.spaceAfter = 5
        return box

    def _answer(self, question: Question) -> list[Flowable]:
        kind = question.type
        if kind.has_choices:
            return self._choices(question)
        if kind.is_attachment:
            return [Paragraph(markup(self.say(ATTACHED[kind])), self.hint)]
        if kind is Kind.ACKNOWLEDGE:
            return [_ticks([self.say(N_("Yes, done"))], BODY, self.cell, round_one=False)]
        if kind is Kind.GEOPOINT:
            return [
                _side_by_side(
                    [Lines(width=55 * mm, words=self._asked(word)) for word in (N_("Latitude"), N_("Longitude"))]
                )
            ]
        return [self._written(question)]

    def _written(self, question: Question) -> Flowable:
        """Where one value is written."""
        kind = question.type
        day, month, year = (clean(self.say(word)) for word in DATE)
        clock = [(2, "h"), (2, "min")]
        if kind is Kind.DATE:
            return _left(Digits([(2, day), (2, month), (4, year)], "/"))
        if kind is Kind.TIME:
            return _left(Digits(clock, ":"))
        if kind is Kind.DATETIME:
            return _side_by_side([Digits([(2, day), (2, month), (4, year)], "/"), Digits(clock, ":")])
        if kind is Kind.INTEGER:
            return _left(Digits([(4, "")]))
        if kind is Kind.DECIMAL:
            return _left(Digits([(6, ""), (2, "")], ","))
        if kind is Kind.PHONE or question.widget == "tel":
            return _left(Digits([(15, "")]))
        return Lines(TEXT_LINES if question.multiline else 1)

    def _choices(self, question: Question) -> list[Flowable]:
        choices = self.form.choices.get(question.list_name, ())
        if len(choices) > MOST_TICKS:
            return [Paragraph(markup(self.say(WRITE_NAME)), self.hint), Lines()]
        labels = [self.wording.text(choice.label) or choice.name for choice in choices]
        return [_ticks(labels, BODY, self.cell, round_one=question.type is Kind.SELECT_ONE)]

    def _grid(self, repeat: Group, questions: Sequence[Question]) -> Iterator[list[Flowable]]:
        """A repeat as tables with a line for each time: several tables where there are many questions."""
        for note in (one for one in questions if one.type is Kind.NOTE):
            yield [self._note(note)]
        asked = [one for one in questions if one.asks]
        head: list[Flowable] = []
        if (label := self.wording.text(repeat.label)) and repeat.groups:
            head.append(Paragraph(markup(label), self.label))
        if repeat.relevant is not None and repeat.groups:
            head.append(self._skip(skip_words(repeat.relevant, self.wording)))
        head.append(
            Paragraph(
                markup(self.say(N_("One line for each; continue on another sheet if there are more."))), self.hint
            )
        )
        for start in range(0, len(asked), MOST_COLUMNS):
            table = self._table(repeat, asked[start : start + MOST_COLUMNS])
            yield [*head, Spacer(0, 2), table, Spacer(0, 6)]
            head = []

    def _table(self, repeat: Group, questions: Sequence[Question]) -> Flowable:
        rows = ROWS
        if isinstance(repeat.count, Number):
            rows = max(1, min(int(repeat.count.value), MOST_ROWS))
        heads: list[Any] = [Paragraph("N°", self.head), *(Paragraph(self._column(one), self.head) for one in questions)]
        lines = [[Paragraph(str(number), self.cell), *("" for _ in questions)] for number in range(1, rows + 1)]
        widths = [8 * mm, *([(FRAME_WIDTH - 8 * mm) / len(questions)] * len(questions))]
        table = Table([heads, *lines], colWidths=widths, rowHeights=[None, *([LINE + 4] * rows)], repeatRows=1)
        table.setStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.6, HexColor(INK)),
                ("LINEBELOW", (0, 0), (-1, 0), 1, HexColor(INK)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                *_padding(3),
            ]
        )
        return table

    def _column(self, question: Question) -> str:
        """The head of a column: number, label, and what may be answered."""
        words = f"{self.wording.numbers[question.name]}. {markup(self.wording.text(question.label) or question.name)}"
        more = ""
        if question.type.has_choices:
            more = self._offered(self.form.choices.get(question.list_name, ()))
        elif question.type is Kind.DATE:
            more = "/".join(self.say(word) for word in DATE)
        if question.relevant is not None and (said := skip_words(question.relevant, self.wording)):
            more = f"{more} → {said}".strip()
        return words + (f'<br/><font name="{REGULAR}" size="7">{markup(more)}</font>' if more else "")

    def _offered(self, choices: Sequence[Choice]) -> str:
        if len(choices) > HEAD_CHOICES:
            return self.say(WRITE_NAME)
        return " / ".join(self.wording.text(choice.label) or choice.name for choice in choices)


def _padding(points: float) -> list[tuple[Any, ...]]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")]


def _left(part: Flowable) -> Flowable:
    part.hAlign = "LEFT"
    return part


def _side_by_side(parts: Sequence[Flowable]) -> Flowable:
    row = Table([list(parts)], colWidths=[BODY / len(parts)] * len(parts))
    row.setStyle(_padding(0))
    row.hAlign = "LEFT"
    return row


def _ticks(labels: Sequence[str], width: float, style: ParagraphStyle, *, round_one: bool) -> Flowable:
    """Marks with their words, in as many columns as the longest words leave room for."""
    box = 15.0
    longest = max((stringWidth(clean(label), style.fontName, style.fontSize) for label in labels), default=0)
    columns = max(1, min(4, len(labels), int(width // (longest + box + 14))))
    deep = -(-len(labels) // columns) if labels else 0
    cells = [[Mark(round_one=round_one), Paragraph(markup(label), style)] for label in labels]
    rows = []
    for down in range(deep):
        row: list[Any] = []
        for across in range(columns):
            at = across * deep + down
            row += cells[at] if at < len(cells) else ["", ""]
        rows.append(row)
    grid = Table(rows or [[""]], colWidths=[box, width / columns - box] * columns if rows else [width], splitInRow=1)
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *_padding(0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
    )
    return grid
