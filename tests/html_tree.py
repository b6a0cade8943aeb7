"""An HTML page as a small tree, read strictly: a tag that is not closed, or closed twice, is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "button",
    "code",
    "em",
    "i",
    "label",
    "mark",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
}
INLINE |= {"svg", "time", "u", "use"}
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Element:
    """One element: tag, attributes, children (elements and texts), parent."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or `default`."""
        return self.attributes.get(name, default)

    def has(self, name: str) -> bool:
        """Whether the attribute is there, empty or not."""
        return name in self.attributes

    def iter(self, *tags: str) -> Iterator[Element]:
        """This element and all below it, in the order of the page; only `tags` when given."""
        if not tags or self.tag in tags:
            yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.iter(*tags)

    def first(self, *tags: str) -> Element | None:
        """The first element below of one of these tags."""
        return next((element for element in self.iter(*tags) if element is not self), None)

    def ancestors(self) -> Iterator[Element]:
        """The elements around this one, nearest first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def inside(self, tag: str) -> bool:
        """Whether it stands in an element of this tag."""
        return any(above.tag == tag for above in self.ancestors())

    @property
    def raw(self) -> str:
        """Its text as written."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def text(self) -> str:
        """Its words, spaces folded; blocks part words as on the screen."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag in INLINE:
                yield from child._pieces()
            elif child.tag not in ("script", "style", "template"):
                yield " "
                yield from child._pieces()
                yield " "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page", {}, None)
        self.here = self.root
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            child = self.here.children[-1]
            assert isinstance(child, Element)
            self.here = child

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        self.faults += [f"attribute twice on <{tag}>: {name}" for name in sorted(set(names)) if names.count(name) > 1]
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        if self.here.tag == tag and self.here.parent is not None:
            self.here = self.here.parent
        else:
            self.faults.append(f"</{tag}> where <{self.here.tag}> is open (line {self.getpos()[0]})")

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read(html: str) -> tuple[Element, list[str]]:
    """The tree of a page, and what is wrong with its tags."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.here is not reader.root and not reader.faults:
        reader.faults.append(f"<{reader.here.tag}> is never closed")
    return reader.root, reader.faults
