"""Words find services whatever the accents, the plural, small errors, the language or the acronym."""

import pytest

from directory import Catalogue, Offer, rank
from directory.criteria import Criteria
from directory.places import Place, Places
from directory.question import BadQuestion, audience, question, wider
from directory.words import COMMON, Words
from tests.directory.test_matching import NOW

TEXTS = (
    "Aide juridique aux réfugiés | Barreau | Garoua-Boulaï",
    "Centre d’accueil des survivantes de violence basée sur le genre | Maroua",
    "Hôpital de district | Kousséri",
    "Carte nationale d’identité | Délégation | Yaoundé",
    "Foyer pour enfants | Niété",
    "Birth certificates | Council | Buea",
)
WORDS = Words(TEXTS, lambda found: sum(1 << one for one in found))


def found(typed):
    mask = WORDS.find(typed)
    return [number for number in range(len(TEXTS)) if mask >> number & 1]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("hopital", [2]),
        ("HÔPITAUX", [2]),
        ("garoua boulai", [0]),
        ("garoua-boulai", [0]),
        ("VBG", [1]),
        ("GBV Maroua", [1]),
        ("gender based violence", [1]),
        ("lawyers", [0]),
        ("CNI", [3]),
        ("shelter for children", [4]),
        ("acte de naissance", [5]),
        ("état civil Buea", [5]),
        ("juridqiue", [0]),
        ("kouseri", [2]),
        ("yaonude", [3]),
        ("niete", [4]),
        ("lawyer Buea", []),
        ("xyzzy", []),
        ("de la", [0, 1, 2, 3, 4, 5]),
        ("", [0, 1, 2, 3, 4, 5]),
        ("'%_\\\n\x00", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_typed_words_find(typed, numbers):
    assert found(typed) == numbers


def test_a_word_that_is_met_is_not_taken_for_an_error():
    words = Words(["Foyer", "Loyer"], lambda found: sum(1 << one for one in found))
    assert words.find("loyer") == 0b10


PLACES = Places(
    [
        Place("CM010", "Sud-Ouest", 1, 5.2, 9.3, "South-West"),
        Place("CM010003", "Lebialem", 2, 5.5, 9.9),
        Place("CM010003001", "Menji", 3, 5.45, 9.95, "", ("Fontem",)),
        Place("CM009003009", "Niété", 3),
        Place("CM009003010", "Nye'ete", 3, same_as="CM009003009"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("menji", ["CM010003001"]),
        ("FONTEM", ["CM010003001"]),
        ("south west", ["CM010"]),
        ("cm010003", ["CM010003"]),
        ("niete", ["CM009003009"]),
        ("Nié", ["CM009003009"]),
        ("Nye'ete", []),
        ("CM009003010", ["CM009003009"]),
        ("", []),
    ],
)
def test_places_are_found_by_code_own_name_or_seat_and_never_twice(typed, codes):
    assert [one.pcode for one in PLACES.find(typed)] == codes


def test_only_the_offers_within_are_ranked():
    offers = [Offer(str(number), str(number), "1", "X", needs=frozenset({"MED"})) for number in range(3)]
    ranking = rank(Catalogue(offers), Criteria(need="MED"), now=NOW, within=0b101)
    assert sorted(one.offer.id for group in (ranking.fits, ranking.to_verify, ranking.excluded) for one in group) == [
        "0", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({"age": "15"}, "age"),
        ({"age": True}, "age"),
        ({"age": 121}, "age"),
        ({"age": -1}, "age"),
        ({"sex": "F"}, "sex"),
        ({"sex": ["female"]}, "sex"),
        ({"age_band": 3}, "age_band"),
        ({"status": {"a": 1}}, "status"),
        ({"status": ["x"] * 21}, "status"),
        ({"vulnerabilities": [""]}, "vulnerabilities"),
        ({"languages": [7]}, "languages"),
        ({"name": "Awa"}, "person"),
    ],
)
def test_what_cannot_be_understood_of_a_person_is_named(person, field):
    with pytest.raises(BadQuestion) as refused:
        question(person)
    assert refused.value.field == field
    assert "Awa" not in str(refused.value)


def test_a_place_is_asked_with_its_point_only_when_it_is_small_enough():
    assert question({}, place=PLACES["CM010003001"], places=PLACES).point == (5.45, 9.95)
    assert question({}, place=PLACES["CM010"], places=PLACES).point is None


def test_wider_goes_from_conditions_to_distance_to_larger_units_to_the_country():
    asked = question({}, place=PLACES["CM010003001"], places=PLACES, conditions=["open"])
    assert [(message.code, str(message)) for message, _other in wider(asked, PLACES)] == [
        ("wider_conditions", "without the conditions"),
        ("wider_km", "within 100 km"),
        ("wider_km", "within 300 km"),
        ("wider_unit", "anywhere in Lebialem"),
        ("wider_unit", "anywhere in Sud-Ouest"),
        ("wider_country", "anywhere in the country"),
    ]


def test_a_signal_says_adult_or_minor_at_most():
    assert [audience(question({"age": age})) for age in (17, 18)] == ["minor", "adult"]
    assert audience(question({"age_band": "doubtful"})) == ""


def test_a_word_of_many_texts_and_one_of_few_are_found_alike() -> None:
    texts = [f"Foyer {number}{' juridique' if number % 3 else ''}" for number in range(COMMON * 3)]
    words = Words(texts, lambda found: sum(1 << one for one in found))
    assert words.find("juridiques") == sum(1 << number for number, text in enumerate(texts) if "juridique" in text)
    assert words.find("juridique 7") == sum(
        1 << number for number, text in enumerate(texts) if "juridique" in text and "7" in text.split()[1]
    )
    assert words.find("juridqiue") == words.find("juridique")
