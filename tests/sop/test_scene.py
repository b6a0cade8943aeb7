import xml.etree.ElementTree as ET

import pytest

from sop import scene
from sop.scene import GREEN, Circle, Group, Hatch, Line, Path, Polygon, Rect, Scene, Text

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\" onload='x' & \x00\x0b\ud800"


def picture(*items, title="Titre", description="Description"):
    return Scene(100, 50, items, title, description)


def parsed(drawn, **options):
    return ET.fromstring(drawn.svg(**options))  # noqa: S314 - our own output


def test_names_itself_for_those_who_do_not_see_it():
    root = parsed(picture(), id_prefix="besoins")
    assert root.attrib["role"] == "img"
    assert root.attrib["viewBox"] == "0 0 100 50"
    assert root.attrib["aria-labelledby"] == "besoins-title besoins-desc"
    assert [(part.tag, part.attrib["id"], part.text) for part in root] == [
        (NS + "title", "besoins-title", "Titre"),
        (NS + "desc", "besoins-desc", "Description"),
    ]


def test_without_description_nothing_points_to_one():
    root = parsed(picture(description=""))
    assert root.attrib["aria-labelledby"] == "scene-title"
    assert root.find(NS + "desc") is None


def test_a_picture_with_links_is_a_group_because_an_image_hides_what_is_in_it():
    linked = picture(Group((Group((Text(1, 1, "R04"),), link="/procedure#R04", label="Relancer", name="R04"),)))
    root = parsed(linked, id_prefix="p")
    assert root.attrib["role"] == "group"
    link = root.find(f".//{NS}a")
    assert link.attrib == {"id": "p-R04", "href": "/procedure#R04", "aria-label": "Relancer"}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:x", "", "/a b", "/\x00"]
)
def test_refuses_links_that_leave_or_run(link):
    with pytest.raises(ValueError, match="not a link"):
        Group((), link=link)


@pytest.mark.parametrize("link", ["/", "/cases/12?step=R04", "#R04", "?lang=fr", "https://example.org/a"])
def test_accepts_links_within_the_site_and_to_the_web(link):
    assert Group((), link=link).link == link


def test_hostile_text_stays_text_everywhere():
    drawn = Scene(9, 9, (Text(1, 1, (HOSTILE, HOSTILE)), Group((), label=HOSTILE)), HOSTILE, HOSTILE)
    root = parsed(drawn)
    assert {part.tag.removeprefix(NS) for part in root.iter()} == {"svg", "title", "desc", "text", "tspan", "g"}
    assert root.find(NS + "title").text == "</text><script>alert(1)</script>\" onload='x' & "
    assert not any(name.startswith("on") for part in root.iter() for name in part.attrib)


def test_uses_presentation_attributes_only():
    everything = picture(
        Rect(0, 0, 10, 10, 2, fill=Hatch(), stroke="#000000", dash=(2, 1)),
        Line(0, 0, 5, 5, stroke_width=2),
        Circle(5, 5, 2, fill=GREEN),
        Polygon(((0, 0), (1, 0), (1, 1)), fill=GREEN),
        Path((("M", 0, 0), ("Q", 1, 1, 2, 2), ("C", 1, 2, 3, 4, 5, 6), ("Z",)), stroke="#000000"),
        Text(1, 1, "a", bold=True, anchor="middle"),
    )
    names = {name for part in parsed(everything).iter() for name in part.attrib}
    assert "style" not in names
    assert "<style" not in everything.svg()


def test_numbers_are_rounded_to_hundredths_without_useless_zeros():
    root = parsed(picture(Rect(1 / 3, -0.001, 10.0, 2.50, fill=GREEN)))
    rect = root.find(NS + "rect")
    assert rect.attrib == {"x": "0.33", "y": "0", "width": "10", "height": "2.5", "fill": "#0b5d4e"}


@pytest.mark.parametrize("length", [float("nan"), float("inf")])
def test_refuses_lengths_that_are_no_lengths(length):
    with pytest.raises(ValueError, match="not a length"):
        picture(Rect(length, 0, 1, 1)).svg()


@pytest.mark.parametrize("colour", ["red", "#fff", 'url(#x)"', "#0B5D4E"])
def test_refuses_colours_outside_the_notation(colour):
    with pytest.raises(ValueError, match="not a colour"):
        Rect(0, 0, 1, 1, fill=colour)


@pytest.mark.parametrize("prefix", ["", "1a", 'a"b', "a b"])
def test_refuses_prefixes_that_are_no_ids(prefix):
    with pytest.raises(ValueError, match="not a name"):
        picture().svg(id_prefix=prefix)


def test_refuses_paths_that_it_could_not_draw():
    with pytest.raises(ValueError, match="not a path command"):
        Path((("M", 0, 0), ("A", 1, 2, 3, 4, 5, 6, 7)))
    with pytest.raises(ValueError, match="starts with M"):
        Path((("L", 0, 0),))


def test_each_hatch_is_defined_once_under_the_prefix():
    strong = Hatch(ink="#a32a1b", cross=True)
    drawn = picture(*(Rect(0, 0, 1, 1, fill=fill) for fill in (Hatch(), strong, Hatch())))
    root = parsed(drawn, id_prefix="carte")
    assert [part.attrib["id"] for part in root.iter(NS + "pattern")] == ["carte-hatch-1", "carte-hatch-2"]
    assert [part.attrib["fill"] for part in root.findall(NS + "rect")] == [
        "url(#carte-hatch-1)",
        "url(#carte-hatch-2)",
        "url(#carte-hatch-1)",
    ]


def test_lines_of_text_follow_each_other():
    root = parsed(picture(Text(7, 20, ("un", "deux"), size=12)))
    (text,) = root.findall(NS + "text")
    assert text.text == "un"
    assert text[0].attrib == {"x": "7", "dy": "15"}
    assert text[0].text == "deux"


def test_texts_lists_what_is_written_also_inside_groups():
    drawn = picture(Text(0, 0, "un"), Group((Text(0, 0, ("deux", "trois")),)))
    assert drawn.texts() == ("un", "deux", "trois")


def test_wrap_never_breaks_at_a_no_break_space():
    assert scene.wrap("12\u00a0500\u00a0francs ou plus", 100) == ("12\u00a0500\u00a0francs", "ou plus")
    assert scene.wrap("Qui\u00a0? Vous", 50) == ("Qui\u00a0?", "Vous")


def test_wrapped_lines_fit_and_lose_no_letter():
    text = "Évaluer l’intérêt supérieur de l’enfant, anticonstitutionnellementlongmot, puis décider"
    lines = scene.wrap(text, 90, 12)
    assert all(scene.text_width(line, 12) <= 90 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_wrap_says_what_it_cut():
    lines = scene.wrap("un deux trois quatre cinq six", 50, max_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert scene.wrap("", 50) == ("",)


@pytest.mark.parametrize(
    ("text", "dejavu_sans_em"),
    [
        ("Recueillir le consentement éclairé de la personne", 24.73),
        ("Hébergement d’urgence", 12.22),
        ("CM-LT-2026-00042", 9.31),
    ],
)
def test_estimated_width_is_close_to_a_wide_face_and_not_under_it(text, dejavu_sans_em):
    assert dejavu_sans_em * 10 * 0.99 <= scene.text_width(text, 10) <= dejavu_sans_em * 10 * 1.1


def test_polyline_rounds_its_corners():
    path = scene.polyline(((0, 0), (10, 0), (10, 10)), radius=4)
    assert path.commands == (("M", 0, 0), ("L", 6, 0), ("Q", 10, 0, 10, 4), ("L", 10, 10))
    assert scene.polyline(((0, 0), (10, 0), (10, 10))).commands == (("M", 0, 0), ("L", 10, 0), ("L", 10, 10))


def test_arrow_head_points_away_from_where_it_comes():
    assert scene.arrow_head((10, 5), (0, 5), size=10).points == ((10, 5), (0, 9.5), (0, 0.5))
    with pytest.raises(ValueError, match="direction"):
        scene.arrow_head((1, 1), (1, 1))
