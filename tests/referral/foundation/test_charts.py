from itertools import pairwise

import pytest

from referral.foundation.charts import HIDDEN, SERIES, Row, Style, bars, grouped_bars, nice_ceiling, stacked_bars
from referral.foundation.maps import RAMP, TILES, region_map
from referral.foundation.trends import quarter_lines
from sop.scene import Hatch, Path, Rect, Text, text_width, walk

NAMES = {
    "CM001": "Adamaoua",
    "CM002": "Centre",
    "CM003": "Est",
    "CM004": "Extrême-Nord",
    "CM005": "Littoral",
    "CM006": "Nord",
    "CM007": "Nord-Ouest",
    "CM008": "Ouest",
    "CM009": "Sud",
    "CM010": "Sud-Ouest",
}
FIGURES = dict(zip(NAMES, (18, 141, 27, 96, 212, 0, 41, 55, None, None), strict=True))
SERIES_NAMES = ("fourni", "en cours", "refusé")
ROWS = [Row("Santé physique", (210, 40, 28)), Row("Famille", (48, 30, None), 90), Row("Écoute", (44, None, None))]
QUARTERS = ("T1 2026", "T2 2026", "T3 2026", "T4 2026")
LINES = [
    Row("Personnes", (212, 260, 301, 412)),
    Row("Envois", (430, 522, None, 967)),
    Row("Services", (0, 3, 240, 510)),
]


def every_chart(narrow):
    style = Style(narrow=narrow)
    return [
        bars("Personnes", list(FIGURES.items()), style),
        stacked_bars("Besoins", SERIES_NAMES, ROWS, style),
        grouped_bars(
            "Sexe", ("femmes", "hommes"), [Row("0–4 ans", (12, None)), Row("18 ans et plus", (1203, 9))], style
        ),
        quarter_lines("Trimestres", QUARTERS, LINES, style),
        quarter_lines("Serrées", ("T1", "T2"), [Row(name, (100, 103)) for name in "abcd"], style),
        stacked_bars("Masquées", SERIES_NAMES, [Row("a", (900, None, None), 907), Row("b", (910, 1, 2))], style),
        region_map("Régions", FIGURES, NAMES, style),
        region_map("Taux", dict.fromkeys(NAMES, 0.123), NAMES, Style(narrow=narrow, percent=True)),
    ]


def shapes(scene, kind):
    return [item for item in walk(scene.items) if isinstance(item, kind)]


def hatched(scene):
    return [item for item in shapes(scene, Rect) if item.fill == HIDDEN]


def edges(text):
    """Left, top, right and bottom of what a text covers, by the estimate of its width."""
    wide = max((text_width(row, text.size, bold=text.bold) for row in text.rows), default=0)
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, text.y - text.size * 0.8, left + wide, text.y + (len(text.rows) - 1) * text.leading + 2


@pytest.mark.parametrize("narrow", [False, True])
def test_everything_lies_inside_the_picture_and_no_text_is_under_eleven_pixels(narrow):
    for scene in every_chart(narrow):
        for text in shapes(scene, Text):
            left, top, right, bottom = edges(text)
            assert left >= -1, text
            assert top >= -1, text
            assert right <= scene.width + 1, (scene.title, text)
            assert bottom <= scene.height + 1, (scene.title, text)
            assert text.size >= 11
        for box in shapes(scene, Rect):
            assert 0 <= box.x <= box.x + box.width <= scene.width + 0.5, (scene.title, box)
            assert 0 <= box.y <= box.y + box.height <= scene.height + 0.5, (scene.title, box)


def test_a_narrow_chart_fits_a_telephone_at_natural_size():
    assert max(scene.width for scene in every_chart(True)) <= 312


@pytest.mark.parametrize("narrow", [False, True])
def test_no_text_covers_another(narrow):
    for scene in every_chart(narrow):
        boxes = [(text, edges(text)) for text in shapes(scene, Text)]
        for at, (one, (left, top, right, bottom)) in enumerate(boxes):
            for other, (left2, top2, right2, bottom2) in boxes[at + 1 :]:
                apart = right <= left2 + 1 or right2 <= left + 1 or bottom <= top2 + 1 or bottom2 <= top + 1
                assert apart, (scene.title, one, other)


@pytest.mark.parametrize("narrow", [False, True])
def test_every_name_and_every_value_is_printed(narrow):
    by_title = {scene.title: scene for scene in every_chart(narrow)}
    simple, lines, regions = by_title["Personnes"], by_title["Trimestres"], by_title["Régions"]
    for code in NAMES:
        assert code in simple.texts()
    for words in ("18", "141", "27", "96", "212", "0", "41", "55"):
        assert words in simple.texts()
        assert words in regions.texts()
    for words in ("212", "260", "301", "412", "430", "522", "967", "240", "510", "3", *QUARTERS):
        assert words in lines.texts()
    joined = " ".join(regions.texts()).replace("- ", "-")
    assert all(name in joined for name in NAMES.values())


def test_a_hidden_value_is_hatched_named_and_of_one_size_everywhere():
    simple = bars("Personnes", [("a", None), ("b", 7), ("c", None)], Style(hidden="masqué"))
    assert len(hatched(simple)) == 2
    assert simple.texts().count("masqué") == 2
    for other in (1, 1_000_000):
        again = bars("Personnes", [("a", None), ("b", other)])
        assert {box.width for box in hatched(again)} == {box.width for box in hatched(simple)}


def test_a_picture_with_hidden_values_is_the_same_whatever_they_are():
    """There is no way in for the hidden number: neither the bar, nor the scale, nor the total can tell it."""
    stack = stacked_bars("Besoins", SERIES_NAMES, [Row("Écoute", (44, None, None)), Row("Santé", (100, 0, 1))])
    assert "44" in stack.texts()
    assert "101" in stack.texts()
    assert stack.texts().count("< 5") == 2
    assert not any(words.startswith(("45", "46", "47", "48")) for words in stack.texts())


def test_a_total_over_hidden_values_is_printed_only_when_given():
    assert Row("a", (48, 30, None), 90).known_total == 90
    assert Row("a", (48, 30, None)).known_total is None
    assert Row("a", (48, 30, 2)).known_total == 80
    assert "90" in stacked_bars("Besoins", SERIES_NAMES, ROWS).texts()


def test_bars_are_as_long_as_their_values():
    scene = bars("Personnes", [("a", 10), ("b", 5), ("c", 0)])
    lengths = [box.width for box in shapes(scene, Rect)]
    assert len(lengths) == 2
    assert lengths[0] == pytest.approx(2 * lengths[1])


def test_parts_of_a_stack_are_as_long_as_their_values_and_follow_each_other():
    scene = stacked_bars("Besoins", SERIES_NAMES, [Row("a", (100, 50, 0)), Row("b", (0, 0, 100))])
    first, second, third = [box for box in shapes(scene, Rect) if box.height == 24]
    assert first.width + 1.5 == pytest.approx(2 * (second.width + 1.5))
    assert second.x == pytest.approx(first.x + first.width + 1.5)
    assert third.width == pytest.approx(first.width)


def grey(colour):
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_series_and_shades_stay_apart_in_grey():
    plain = [fill for fill in SERIES[:4] if isinstance(fill, str)]
    assert min(abs(grey(one) - grey(two)) for one in plain for two in plain if one != two) >= 40
    assert sum(isinstance(fill, Hatch) for fill in SERIES[:4]) == 1
    steps = [grey(shade) for shade in RAMP]
    assert all(lighter - darker >= 25 for lighter, darker in pairwise(steps))


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_on_tiles_have_a_contrast_of_at_least_four_and_a_half():
    figures = dict(zip(NAMES, (1, 30, 60, 90, 100, 0, 10, 70, 80, 40), strict=True))
    scene = region_map("Régions", figures, NAMES)
    tiles = [box for box in shapes(scene, Rect) if box.width > 60]
    assert len(tiles) == 10
    for tile in tiles:
        inside = [
            text
            for text in shapes(scene, Text)
            if tile.x < text.x < tile.x + tile.width
            and tile.y < text.y < tile.y + tile.height
            and text.anchor == "middle"
        ]
        assert len(inside) == 2
        for text in inside:
            dark, light = sorted((luminance(tile.fill), luminance(text.fill)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (tile, text)


def test_a_darker_tile_never_holds_a_smaller_value():
    figures = dict(zip(NAMES, (1, 30, 60, 90, 100, 5, 10, 70, 80, 40), strict=True))
    scene = region_map("Régions", figures, NAMES)
    tiles = {(box.x, box.y): box.fill for box in shapes(scene, Rect) if box.width > 60}
    assert len(tiles) == 10
    place = {code: (column * 76 + 0.5, row * 65 + 0.5) for code, (column, row) in TILES.items()}
    ordered = [RAMP.index(tiles[place[code]]) for code in sorted(figures, key=figures.get)]
    assert ordered == sorted(ordered)
    assert (min(ordered), max(ordered)) == (0, 3)


def test_tiles_recall_the_map():
    def west_of(one, two):
        return TILES[one][0] < TILES[two][0]

    def north_of(one, two):
        return TILES[one][1] < TILES[two][1]

    assert len(set(TILES.values())) == 10
    column = ["CM004", "CM006", "CM001", "CM002", "CM009"]
    assert all(north_of(one, two) for one, two in pairwise(column))
    assert west_of("CM010", "CM005")
    assert west_of("CM005", "CM002")
    assert west_of("CM002", "CM003")
    assert west_of("CM007", "CM008")
    assert west_of("CM008", "CM001")
    assert north_of("CM007", "CM010")
    assert north_of("CM008", "CM005")


def test_a_region_without_figure_is_neither_zero_nor_hidden():
    scene = region_map("Taux", {"CM002": 0.5, "CM009": 0.0}, NAMES, Style(percent=True, lang="en"))
    assert not hatched(scene)
    assert scene.texts().count("–") == 8
    assert "50%" in scene.texts()
    assert "Est" in scene.texts()


def test_refuses_what_is_no_region():
    with pytest.raises(ValueError, match="CM011"):
        region_map("Régions", {"CM011": 3}, NAMES)


def test_a_hidden_quarter_breaks_its_line():
    scene = quarter_lines("Trimestres", QUARTERS, [Row("Envois", (430, None, 522, 967))])
    (line,) = shapes(scene, Path)
    assert len(line.commands) == 2
    assert len(hatched(scene)) == 1
    assert scene.texts().count("< 5") == 1


def test_refuses_lines_that_could_not_be_told_apart_or_do_not_match():
    with pytest.raises(ValueError, match="four lines"):
        quarter_lines("x", ("T1",), [Row("a", (1,))] * 5)
    with pytest.raises(ValueError, match="each quarter"):
        quarter_lines("x", ("T1", "T2"), [Row("a", (1,))])


def test_the_description_says_every_value_in_the_reader_s_numbers():
    scene = stacked_bars("Besoins", ("fourni", "refusé"), [Row("Santé", (1203, None))], Style(lang="fr"))
    assert scene.description.replace("\u202f", " ") == "Santé : fourni 1 203, refusé < 5"
    assert bars("x", [("a", 0.345)], Style(lang="en", percent=True)).description == "a : 34%"


@pytest.mark.parametrize("narrow", [False, True])
def test_nothing_to_show_is_still_a_picture(narrow):
    style = Style(narrow=narrow)
    for scene in (
        bars("x", [], style),
        stacked_bars("x", (), [], style),
        grouped_bars("x", ("a",), [Row("b", (None,))], style),
        quarter_lines("x", (), [], style),
        quarter_lines("x", QUARTERS, [Row("a", (None,) * 4)], style),
        region_map("x", {}, {}, style),
        region_map("x", dict.fromkeys(NAMES, 0), NAMES, style),
        bars("x", [("a", 0)], style),
    ):
        assert scene.svg().startswith("<svg")
        assert scene.height > 0


def test_scales_end_on_round_numbers():
    assert [nice_ceiling(value) for value in (0, 0.3, 1, 4, 5, 99, 100, 101, 251)] == [
        1,
        0.5,
        1,
        5,
        5,
        100,
        100,
        200,
        500,
    ]


def test_a_very_long_name_makes_no_chart_fall_over():
    for style in (Style(), Style(narrow=True)):
        scene = bars("x", [("Mot" * 100 + " & <b>", 3)], style)
        assert "&lt;b&gt;" in scene.svg()
        assert all(edges(text)[2] <= scene.width + 1 for text in shapes(scene, Text))
