"""Invented persons as registers of the region have them, and the same persons registered again by somebody else.

The errors are made by rules of spelling and of the hand, not from the product's table of variants: what the search is
measured with was not written from what it knows. Families share a name, a place, an address and often a phone.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from random import Random

from referral.people.matching import Identity


def _pool(text: str) -> list[str]:
    return text.split()


NORTH_MEN = _pool(
    """
    Mohamadou Abdoulaye Ahmadou Oumarou Ousmanou Ibrahim Issa Moussa Hamadou Bouba Saidou Adamou Yaya Daouda
    Souleymanou Boubakari Djibril Aliou Youssoufa Hamidou Bachirou Alioum Mamoudou Nassourou Yacouba Idrissa
    Haman Sali Halilou Ismaila Mahamat Abakar Adoum Hassana Ousseini Amadou Abdoul Bello Garga Hayatou Iya Kari
    Ladan Mana Nouhou Oumate Rabiou Sanda Talba Umar Wadjiri Yerima Zakari Zoubeirou Abba Modibo Alhadji Boukar
    Dairou Faissal Gambo Inoua Koulagna Lawan Malloum Njidda Oumar Raouf Soudi Tanko Aminou Ardo Baba Djafarou
    Faycal Habib Ilyassou Jibrilla Kabirou Liman Marwan Nana Nourou Sadou Sambo Tahirou Toukour Waziri Yahya
    Zara
    """
)
NORTH_WOMEN = _pool(
    """
    Aissatou Fadimatou Aminatou Hawaou Mariamou Zenabou Ramatou Salamatou Djamila Habiba Nafissatou Hadidjatou
    Halimatou Oumoul Maimouna Asta Falmata Kaltoumi Djenabou Rakia Saoudatou Yasmina Bintou Adama Amina
    Balkissou Dada Fanta Goggo Inna Koultchoumi Ladifa Mamma Nene Oumarou Raihanatou Safiatou Sakinatou Tabitha
    Zouleyha Aichatou Achta Zara Fatime Khadidja Haoua Hapsatou Ina Jamila Kadidja Memouna Rabiatou Rahma Sadjo
    Souaibatou Zeinabou
    """
)
SOUTH_MEN = _pool(
    """
    Jean Pierre Paul Joseph Emmanuel Martin Samuel Andre Daniel Simon Michel Francois Bernard Thomas Achille
    Alain Alexandre Aristide Armand Bertrand Blaise Boris Brice Celestin Charles Christian Claude Cyrille David
    Denis Desire Didier Dieudonne Eric Ernest Etienne Fabrice Felix Ferdinand Franck Gabriel Gaston Georges
    Gerard Gervais Gilbert Guillaume Gustave Guy Henri Herve Hilaire Honore Innocent Isaac Jacques Jonas Jules
    Justin Landry Laurent Leopold Louis Luc Marc Marcel Martial Mathieu Maurice Maxime Merlin Moise Narcisse
    Nestor Nicolas Olivier Oscar Parfait Pascal Patrice Patrick Philippe Placide Prosper Raoul Raphael Raymond
    Rene Richard Robert Rodrigue Roger Roland Romuald Rostand Serge Severin Stephane Sylvain Theodore Theophile
    Thierry Tobie Urbain Valentin Valery Victor Vincent William Yannick Yves
    """
)
SOUTH_WOMEN = _pool(
    """
    Marie Jeanne Therese Anne Madeleine Christine Catherine Cecile Rose Marguerite Suzanne Elisabeth Bernadette
    Alice Brigitte Carine Chantal Clarisse Claudine Clementine Colette Danielle Delphine Denise Dorothee Edith
    Elise Emilienne Estelle Esther Eugenie Felicite Florence Francine Francoise Genevieve Georgette Germaine
    Gisele Hermine Honorine Hortense Huguette Irene Jacqueline Josephine Josiane Judith Julienne Laure
    Laurentine Lucie Lydie Marceline Marlyse Marthe Martine Mireille Monique Nadege Nathalie Nicole Odette Odile
    Olive Pascaline Pauline Pelagie Philomene Prisca Rachel Raissa Regine Rosalie Rosine Ruth Sabine Sandrine
    Sidonie Solange Sophie Stella Suzy Sylvie Thecle Valerie Veronique Victorine Virginie Viviane Yolande Yvette
    Yvonne
    """
)
WEST_GIVEN = _pool(
    """
    Emmanuel Peter John Joseph Divine Clement Elvis Ernest Godlove Ivo Kingsley Linus Richard Wilfred Eric
    Blessing Comfort Delphine Esther Florence Gladys Grace Judith Mercy Patience Prudencia Relindis Sheila Vera
    Beatrice Collins Derick Edwin Felicia Gilbert Henry Isidore Julius Kenneth Lawrence Magdalene Nelson Oliver
    Pamela Quinta Roland Stephen Theresia Ursula Vivian Walters Yvonne Zita Bridget Cletus Emilia Fidelis
    Genesis Hilda Immaculate
    """
)
SOUTH_FAMILIES = _pool(
    """
    Mbarga Ngono Fotso Tchoumi Nguema Atangana Abena Bikoko Ebelle Elanga Essomba Ewane Kamga Kotto Mboua
    Moukoko Mvondo Ndzana Njoya Nkolo Owona Talla Wamba Zambo Ekane Ndongo Simo Tchinda Onana Mballa Etoundi
    Eyenga Bilong Nyobe Manga Ondoa Belinga Fouda Amougou Tsanga Biloa Messi Kouam Kamdem Tchatchoua Djoumessi
    Nana Ngassa Kengne Tagne Wandji Noubissi Fokou Tchuente Nguimfack Sikati Djomo Feudjio Penda Ngando Ekambi
    Mbappe Eboa Epee Dikongue Ndedi
    """
)
WEST_FAMILIES = _pool(
    """
    Achu Agbor Ambe Asong Ayuk Besong Enow Fon Fru Lum Mbah Ndip Ngwa Nkeng Nsoh Tabe Takang Tanyi Che Suh Neba
    Tamfu Fombe Ngala Njong Tah Awah Bih Chia Dinga Ewang Forbin Ngu Ojong Oben Tambe Arrey Egbe
    """
)
TOWNS = _pool(
    """
    Douala Yaoundé Garoua Maroua Bamenda Bafoussam Ngaoundéré Bertoua Ebolowa Buea Kribi Limbe Kousseri Mora
    Mokolo Meiganga Garoua-Boulaï Batouri Yokadouma Kumba Nkongsamba Edéa Foumban Dschang Mbouda Tiko Wum Kumbo
    Tibati Banyo Touboro Guider Yagoua Kaélé Mbalmayo Sangmélima Ambam Kyé-Ossi Minawao Gado-Badzéré
    """
)
QUARTERS = _pool(
    """
    Briqueterie Mvog-Ada Essos Akwa Bonabéri New-Bell Makepe Deido Bali Ndogpassi Nkolbisson Biyem-Assi Melen
    Tsinga Mokolo Djarengol Doualaré Foulbéré Poumpoumré Sabongari Joli-Soir Burkina Bamyanga Haut-Plateau
    Administratif Nkwen Mile-17 Djeleng Famla Tamdja Enia Mokolo-Est
    """
)

START = _pool("Mb Nd Ng Nk Tch Dj F K T M N B W S E A O Z Ny Ts L Y")
MIDDLE = _pool("b t k l m n s g nd mb ng ts d ss")
VOWELS = _pool("a e i o ou a o e")

SOUNDS_ALIKE = (
    ("ou", "u"), ("u", "oo"), ("ch", "sh"), ("dj", "j"), ("j", "dj"), ("tch", "ch"), ("ai", "aï"), ("ss", "s"),
    ("c", "k"), ("k", "c"), ("q", "k"), ("y", "i"), ("i", "y"), ("ph", "f"), ("mm", "m"), ("ll", "l"), ("l", "ll"),
    ("m", "mm"), ("e", "é"), ("a", "aa"), ("ou", "oo"), ("w", "ou"), ("th", "t"), ("h", ""), ("ye", "i"), ("ie", "i"),
    ("ine", "in"), ("ane", "an"), ("tou", "tu"), ("dou", "du"), ("oua", "wa"), ("z", "s"), ("x", "ks"), ("nn", "n"),
    ("eau", "o"), ("gu", "g"), ("é", "e"), ("b", "bb"), ("s", "ss"),
)  # fmt: skip


def population(count: int, seed: int = 1) -> list[Identity]:
    """So many invented persons; one in four has a relative among them."""
    rng = Random(seed)  # noqa: S311 - invented persons keep no secret
    families = [*SOUTH_FAMILIES, *dict.fromkeys(_family(rng) for _ in range(4000))]
    weigh = {id(pool): _weights(pool) for pool in (NORTH_MEN, NORTH_WOMEN, families)}
    people: list[Identity] = []
    while len(people) < count:
        one = _person(rng, families, weigh)
        people.append(one)
        while rng.random() < 0.25 and len(people) < count:
            people.append(_relative(one, rng, families, weigh))
    return people


def again(one: Identity, rng: Random) -> Identity:
    """The same person registered again: other ears, another hand, another paper."""
    family, given = one.family.split(), one.given.split()
    if len(family) + len(given) > 2 and rng.random() < 0.2:
        longest = family if len(family) > len(given) else given
        longest.pop(rng.randrange(len(longest)))
    family, given = [_misheard(word, rng) for word in family], [_misheard(word, rng) for word in given]
    if rng.random() < 0.2:
        family, given = given, family
    document = one.document
    if document and rng.random() < 0.1:
        document = _one_digit(document, rng)
    return Identity(
        family=" ".join(family),
        given=" ".join(given),
        sex=one.sex if rng.random() < 0.97 else "",
        birth_date=_birth_again(one.birth_date, rng),
        phones=one.phones if rng.random() < 0.5 else ((_phone(rng),) if rng.random() < 0.5 else ()),
        document=document if rng.random() < 0.6 else "",
        place=one.place if rng.random() < 0.7 else rng.choice((*TOWNS, "", "", "", "")),
        address=one.address if rng.random() < 0.5 else "",
    )


def typed(one: Identity, rng: Random) -> str:
    """What somebody types who looks for this person: names in some order, in most cases with a year."""
    heard = again(one, rng)
    words = f"{heard.family} {heard.given}" if rng.random() < 0.5 else f"{heard.given} {heard.family}"
    return f"{words} {heard.birth_date[:4]}".strip() if rng.random() < 0.85 else words


def _family(rng: Random) -> str:
    made = rng.choice(START) + rng.choice(VOWELS)
    for _ in range(rng.choice((1, 1, 2))):
        made += rng.choice(MIDDLE) + rng.choice(VOWELS)
    return made.capitalize()


def _weights(pool: list[str]) -> list[float]:
    return list(accumulate(1 / (rank + 8) for rank in range(len(pool))))


def _pick(pool: list[str], rng: Random, weigh: dict[int, list[float]]) -> str:
    known = weigh.get(id(pool))
    if known is None:
        known = weigh[id(pool)] = _weights(pool)
    return rng.choices(pool, cum_weights=known)[0]


def _person(rng: Random, families: list[str], weigh: dict[int, list[float]]) -> Identity:
    sex = rng.choice(("female", "male"))
    family, given = _names(rng.random(), sex, rng, families, weigh)
    return Identity(
        family=family,
        given=given,
        sex=sex,
        birth_date=_birth(rng),
        phones=(_phone(rng),) if rng.random() < 0.4 else (),
        document=str(rng.randrange(100_000_000, 999_999_999)) if rng.random() < 0.25 else "",
        place=rng.choice(TOWNS),
        address=f"quartier {rng.choice(QUARTERS)} {rng.randrange(1, 400)}" if rng.random() < 0.3 else "",
    )


def _names(origin: float, sex: str, rng: Random, families: list[str], weigh: dict[int, list[float]]) -> tuple[str, str]:
    if origin < 0.4:
        father = _pick(NORTH_MEN, rng, weigh)
        own = _pick(NORTH_WOMEN if sex == "female" else NORTH_MEN, rng, weigh)
        third = f" {_pick(NORTH_MEN, rng, weigh)}" if rng.random() < 0.5 else ""
        return father + third, own
    if origin < 0.85:
        pool = SOUTH_WOMEN if sex == "female" else SOUTH_MEN
        second = f" {_pick(pool, rng, weigh)}" if rng.random() < 0.6 else ""
        other = f" {_pick(families, rng, weigh)}" if rng.random() < 0.3 else ""
        return _pick(families, rng, weigh) + other, _pick(pool, rng, weigh) + second
    second = f" {_pick(WEST_FAMILIES, rng, weigh)}" if rng.random() < 0.5 else ""
    return _pick(WEST_FAMILIES, rng, weigh) + second, _pick(WEST_GIVEN, rng, weigh)


def _relative(one: Identity, rng: Random, families: list[str], weigh: dict[int, list[float]]) -> Identity:
    """A brother, sister or child: the same family name, place and often phone; now and then a twin."""
    other = _person(rng, families, weigh)
    return replace(
        other,
        family=one.family,
        place=one.place,
        address=one.address,
        phones=one.phones if rng.random() < 0.5 else other.phones,
        birth_date=one.birth_date if rng.random() < 0.05 else other.birth_date,
    )


def _birth(rng: Random) -> str:
    year = 2026 - min(90, int(rng.gammavariate(3, 9)))
    known = rng.random()
    if known < 0.3:
        return str(year)
    if known < 0.4:
        return f"{year}-01-01"
    return f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def _birth_again(date: str, rng: Random) -> str:
    chance = rng.random()
    if chance < 0.62:
        return date
    if chance < 0.72:
        return date[:4]
    if chance < 0.87:
        return str(int(date[:4]) + rng.choice((-2, -1, -1, 1, 1, 2)))
    if chance < 0.93 and len(date) == 10:
        return f"{date[:5]}{date[8:]}-{date[5:7]}"
    if chance < 0.97:
        return _one_digit(date, rng)
    return ""


def _one_digit(text: str, rng: Random) -> str:
    places = [at for at, one in enumerate(text) if one.isdigit() and at > 1]
    at = rng.choice(places)
    return text[:at] + str((int(text[at]) + rng.randrange(1, 10)) % 10) + text[at + 1 :]


def _phone(rng: Random) -> str:
    return f"6{rng.choice('5679')}{rng.randrange(0, 10**7):07d}"


def _misheard(word: str, rng: Random) -> str:
    spelt = word.lower()
    chance = rng.random()
    if chance < 0.45:
        for _ in range(rng.choice((1, 1, 2))):
            usable = [(old, new) for old, new in SOUNDS_ALIKE if old in spelt]
            if usable:
                old, new = rng.choice(usable)
                spelt = spelt.replace(old, new, 1)
    elif chance < 0.6 and len(spelt) > 3:
        spelt = _mistyped(spelt, rng)
    return (spelt or word).capitalize()


def _mistyped(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + letter + word[at:]
    if kind == 2:
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
