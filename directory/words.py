"""Finding services by words: accents, typing errors, plurals, synonyms in two languages and acronyms do not hinder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

from directory.gazetteer import plain
from directory.synonyms import GROUPS, IDLE

SHORTEST_GUESS = 4
"""A shorter word is never taken for a typing error: too many others are near."""
LONG = 8
"""From this length on, two errors are forgiven."""
MOST_WORDS = 12
COMMON = 256
"""A word in as many texts is kept as a mask, ready for use; a rarer one as positions, which take less memory."""
Masks = Callable[[Iterable[int]], int]


class Words:
    """The words of a list of texts, in the order of a catalogue; the answers are masks of positions."""

    def __init__(self, texts: Sequence[str], mask: Masks) -> None:
        self._everything = (1 << len(texts)) - 1
        self._mask = mask
        postings: dict[str, list[int]] = {}
        split = cache(lambda text: tuple(dict.fromkeys(plain(text).split())))
        for position, text in enumerate(texts):
            for word in {word for part in text.split(" | ") for word in split(part)}:
                postings.setdefault(word, []).append(position)
        self._joined = "\n" + "\n".join(postings) + "\n"
        self._letters = [(word, len(word), letters(word)) for word in postings if word.isalpha()]
        self._common = {word: mask(postings[word]) for word in postings if len(postings[word]) >= COMMON}
        self._rare = {word: places for word, places in postings.items() if word not in self._common}
        self._words = frozenset(postings)
        self.of_word = lru_cache(maxsize=256)(self._of_word)
        self.of_start = lru_cache(maxsize=256)(self._of_start)

    def find(self, typed: str) -> int:
        """Return the mask of the texts in which everything typed is met, by itself or by what means the same.

        >>> words = Words(["Aide juridique", "Hôpital"], lambda found: sum(1 << one for one in found))
        >>> words.find("juridqiue"), words.find("hopitaux"), words.find("lawyer"), words.find("de la")
        (1, 2, 1, 3)
        """
        found = self._everything
        for chunk in chunks(typed):
            met = 0
            for phrase in chunk[1:]:
                met |= self._phrase(phrase, self.of_start)
            met |= self._phrase(chunk[0], self.of_word)
            found &= met or self._phrase(chunk[0], self._guess)
        return found

    def _phrase(self, phrase: tuple[str, ...], find: Callable[[str], int]) -> int:
        found = self._everything
        for word in phrase:
            found &= find(word)
        return found

    def _of_word(self, word: str) -> int:
        """Where the word, or its singular, is a part of a word."""
        return self._any(self._containing(singular(word)))

    def _of_start(self, word: str) -> int:
        """Where a word begins so: for what nobody typed; an acronym only whole."""
        start = singular(word)
        return self._any(self._containing(f"\n{start}\n" if len(start) < SHORTEST_GUESS else f"\n{start}"))

    def _containing(self, part: str) -> set[str]:
        found: set[str] = set()
        at = self._joined.find(part)
        while at >= 0:
            first = self._joined.rfind("\n", 0, at + 1) + 1
            last = self._joined.find("\n", first)
            found.add(self._joined[first:last])
            at = self._joined.find(part, last)
        return found & self._words

    def _any(self, words: Iterable[str]) -> int:
        found, places = 0, set[int]()
        for word in words:
            if word in self._common:
                found |= self._common[word]
            else:
                places.update(self._rare[word])
        return found | self._mask(places) if places else found

    def _guess(self, word: str) -> int:
        """Where a word stands that is one error away, or two when it is long."""
        if len(word) < SHORTEST_GUESS or not word.isalpha():
            return self.of_word(word)
        limit = 2 if len(word) >= LONG else 1
        size, given = len(word), letters(word)
        near = [
            other
            for other, length, has in self._letters
            if abs(length - size) <= limit and (has ^ given).bit_count() <= 2 * limit and errors(word, other) <= limit
        ]
        return self.of_word(word) | self._any(near)


def chunks(typed: str) -> list[tuple[tuple[str, ...], ...]]:
    """Return what must be met: each a phrase as typed, then those that mean the same.

    >>> chunks("GBV Douala")[0][:2], chunks("GBV Douala")[1]
    ((('gbv',), ('vbg',)), (('douala',),))
    """
    words = plain(typed).split()[:MOST_WORDS]
    found: list[tuple[tuple[str, ...], ...]] = []
    while words:
        sizes = range(min(len(words), _LONGEST), 0, -1)
        size = next((size for size in sizes if _key(words[:size]) in _SAME), 0)
        phrase, words = tuple(words[: size or 1]), words[size or 1 :]
        if size or phrase[0] not in IDLE:
            found.append((phrase, *_SAME.get(_key(phrase), ())))
    return found


def singular(word: str) -> str:
    """Return the word without the mark of a plural, French or English.

    >>> singular("avocats"), singular("hopitaux"), singular("bus")
    ('avocat', 'hopita', 'bus')
    """
    if len(word) > SHORTEST_GUESS:
        for ending in ("ux", "s"):
            if word.endswith(ending):
                return word.removesuffix(ending)
    return word


def letters(word: str) -> int:
    """Return which letters a word has, a bit for each."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 31)
    return found


def errors(a: str, b: str) -> int:
    """Return how many letters are wrong, missing, too many, or two exchanged.

    >>> errors("juridqiue", "juridique"), errors("maroa", "maroua"), errors("yaounde", "douala")
    (1, 1, 5)
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            best = min(last[j] + 1, row[-1] + 1, last[j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _key(phrase: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(singular, phrase))


def _same() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for group in GROUPS:
        phrases = [tuple(plain(phrase).split()) for phrase in group]
        for phrase in phrases:
            others = (one for one in phrases if one != phrase)
            found[_key(phrase)] = (*found.get(_key(phrase), ()), *others)
    return found


_SAME = _same()
_LONGEST = max(len(phrase) for phrase in _SAME)
