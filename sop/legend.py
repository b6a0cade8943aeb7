"""What the shapes, lines and marks of one page mean, in rows under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sop import shapes
from sop.flowchart import StepKind
from sop.layout import Frame
from sop.overlays import MARK_WORDS, SIGNS, Badge, Mark, rim
from sop.pages import Page
from sop.scene import MUTED, Item, Rect, Text
from sop.vocabulary import N_, Message

ROW = 26.0
COLUMN = 284.0
KINDS = (
    StepKind.TASK,
    StepKind.RULE,
    StepKind.WAIT,
    StepKind.CONSENT,
    StepKind.SHARE,
    StepKind.DECISION,
    StepKind.SPLIT_OR,
    StepKind.PATHWAY,
    StepKind.START,
    StepKind.END,
)
SAME = {StepKind.LEGAL_BASIS: StepKind.CONSENT, StepKind.JOIN_OR: StepKind.SPLIT_OR}
WORDS = {StepKind.CONSENT: N_("consent or legal basis"), StepKind.SPLIT_OR: N_("ways part or come together")}
Sample = tuple[list[Item], str]


def legend(
    page: Page, marks: Iterable[Mark], *, top: float, width: float, translate: Callable[[str], str]
) -> tuple[list[Item], float]:
    """The rows from `top` on, at most as wide as the page, and where they end."""
    per_row = max(1, int(width // COLUMN))
    items: list[Item] = []
    y = top
    for at, (sample, words) in enumerate(_samples(page, sorted(set(marks), key=list(Mark).index))):
        x, y = 10 + (at % per_row) * COLUMN, top + (at // per_row) * ROW
        items += [shapes.moved(item, x, y) for item in sample]
        items.append(Text(x + 42, y + 13, translate(words), 11.5, fill=MUTED))
    return items, y + ROW + 6


def _samples(page: Page, marks: Iterable[Mark]) -> Iterator[Sample]:
    """Each with its left upper corner at (0, 0), 34 wide and 18 high."""
    frame = Frame(0, 0, 34, 18)
    kinds = {SAME.get(box.step.kind, box.step.kind) for box in page.boxes if box.step and not box.elsewhere}
    for kind in KINDS:
        if kind in kinds:
            yield shapes.outline(kind, frame, shapes.PAINTS[kind]), WORDS.get(kind, shapes.KIND_WORDS[kind])
    if any(box.elsewhere for box in page.boxes):
        yield shapes.outline(StepKind.TASK, frame, shapes.REFERENCE), N_("goes on on another page")
    if any(arrow.branch and arrow.branch.is_loop for arrow in page.arrows):
        yield shapes.arrow(((0, 9), (34, 9)), shapes.DASH), N_("back, a limited number of times")
    for mark in marks:
        yield _mark(mark), MARK_WORDS[mark]


def _mark(mark: Mark) -> list[Item]:
    inner = Frame(6, 4, 22, 10)
    badge = Badge(mark, "", Message("", ""), heat=1)
    sign = Text(17, 13.5, SIGNS[mark], 11, "middle", bold=True)
    box = Rect(inner.x, inner.y - 1, inner.width, inner.height + 2, 2, fill=shapes.WHITE, stroke=MUTED)
    return [*rim(badge, Frame(6, 6, 22, 6), None), box, sign]
