from io import BytesIO

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from referral.foundation.pictures import Picture, draw_scene
from sop.scene import GREEN, OCHRE, RED, Circle, Group, Hatch, Line, Path, Polygon, Rect, Scene, Text, polyline

SIDE = 200


def page(*items, x=0, y=0, width=SIDE):
    target = BytesIO()
    canvas = Canvas(target, pagesize=(SIDE, SIDE), invariant=1)
    draw_scene(canvas, Scene(SIDE, SIDE, items, "t"), x, y, width)
    canvas.save()
    return pypdfium2.PdfDocument(target.getvalue())[0]


def colours(*items, **options):
    image = page(*items, **options).render(scale=1).to_pil().convert("RGB")
    return lambda across, down: "#{:02x}{:02x}{:02x}".format(*image.getpixel((across, down)))


def test_y_grows_downwards_as_in_the_svg():
    at = colours(Rect(0, 0, 100, 100, fill=GREEN), Rect(100, 100, 100, 100, fill=OCHRE))
    assert at(50, 50) == GREEN
    assert at(150, 150) == OCHRE
    assert at(150, 50) == at(50, 150) == "#ffffff"


@pytest.mark.parametrize(
    "shape",
    [
        Rect(50, 20, 100, 60, fill=RED),
        Rect(50, 20, 100, 60, 10, fill=RED),
        Circle(100, 50, 30, fill=RED),
        Polygon(((50, 20), (150, 20), (100, 90)), fill=RED),
        Path((("M", 50, 20), ("L", 150, 20), ("Q", 150, 90, 100, 90), ("C", 60, 90, 50, 90, 50, 20), ("Z",)), fill=RED),
        Group((Group((Rect(50, 20, 100, 60, fill=RED),)),)),
    ],
)
def test_every_shape_is_filled_where_it_lies(shape):
    at = colours(shape)
    assert at(100, 50) == RED
    assert at(100, 150) == at(10, 50) == at(190, 50) == "#ffffff"


@pytest.mark.parametrize(
    "stroke",
    [
        Line(20, 60, 180, 60, stroke=RED, stroke_width=6),
        polyline(((20, 60), (180, 60)), stroke=RED, stroke_width=6),
        polyline(((20, 60), (180, 60), (180, 190)), stroke=RED, stroke_width=6, radius=8),
        Rect(20, 60, 160, 100, stroke=RED, stroke_width=6),
    ],
)
def test_strokes_are_drawn_without_filling(stroke):
    at = colours(stroke)
    assert at(100, 60) == RED
    assert at(100, 110) == "#ffffff"


def test_a_hatch_mixes_ink_and_paper_inside_its_outline_only():
    image = page(Circle(100, 100, 50, fill=Hatch(ink="#000000", paper="#ffff00", spacing=8, width=3))).render(scale=2)
    pixels = image.to_pil().convert("RGB")
    inside = {pixels.getpixel((across, 200)) for across in range(130, 270)}
    assert {(0, 0, 0), (255, 255, 0)} <= inside
    assert {pixels.getpixel((across, 20)) for across in range(400)} == {(255, 255, 255)}


def test_a_hatch_leans_the_same_way_as_in_the_svg():
    pixels = page(Rect(0, 0, 200, 200, fill=Hatch(ink="#000000", paper="#ffffff", spacing=40, width=4))).render(scale=1)
    image = pixels.to_pil().convert("L")
    dark = {(across, down) for across in range(200) for down in range(200) if image.getpixel((across, down)) < 50}
    rising = sum((across + 20, down - 20) in dark for across, down in dark)
    falling = sum((across + 20, down + 20) in dark for across, down in dark)
    assert rising > 5 * max(falling, 1)


def test_nothing_is_drawn_outside_the_picture():
    at = colours(Rect(-500, -500, 5000, 5000, fill=RED), x=50, y=50, width=100)
    assert at(100, 100) == RED
    assert at(20, 100) == at(180, 100) == at(100, 20) == at(100, 180) == "#ffffff"


def test_text_can_be_read_again_and_hostile_text_is_only_text():
    items = (Text(10, 20, ("Évaluer ɓ ɗ ŋ", "<b>&amp;\x00"), bold=True), Text(190, 90, "fin", anchor="end"))
    assert page(*items).get_textpage().get_text_range().split("\r\n") == ["Évaluer ɓ ɗ ŋ", "<b>&amp;", "fin"]


@pytest.mark.parametrize(("anchor", "left"), [("start", 100), ("middle", 75), ("end", 50)])
def test_text_is_anchored_as_in_the_svg(anchor, left):
    words = page(Text(100, 100, "HHHHHHH", size=11, anchor=anchor)).get_textpage()
    start = words.get_charbox(0)[0]
    assert abs(start - left) <= 4


def test_a_picture_keeps_its_shape_when_it_shrinks():
    picture = Picture(Scene(400, 100, (), "t"))
    assert picture.wrap(1000, 1000) == (300, 75)
    assert picture.wrap(100, 1000) == (100, 25)
    assert picture.wrap(1000, 50) == (200, 50)
    assert Picture(Scene(400, 100, (), "t"), width=120).wrap(1000, 1000) == (120, 30)
