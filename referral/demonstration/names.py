"""Invented names: first names and surnames that are common where people come from, put together at random."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one origin."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _names(women: str, men: str, families: str) -> Names:
    return Names(*(tuple(one.strip() for one in part.split(",")) for part in (women, men, families)))


SOUTH = _names(
    "Alice, Brigitte, Carine, Clarisse, Danielle, Estelle, Félicité, Germaine, Huguette, Irène, Josiane, Laure, "
    "Mireille, Nadège, Odette, Rosine, Solange, Thérèse, Viviane, Yvette, Sandrine, Chantal, Bernadette, Marlyse",
    "Achille, Bertrand, Cyrille, Désiré, Emmanuel, Fabrice, Gaston, Hervé, Innocent, Joseph, Landry, Martial, "
    "Olivier, Patrice, Roland, Serge, Thierry, Valentin, Yannick, Blaise, Romuald, Guy, Alain, Hilaire",
    "Ngo Bassong, Abena, Atangana, Bikoko, Ebelle, Elanga, Essomba, Ewane, Fotso, Kamga, Kotto, Mbarga, Mboua, "
    "Moukoko, Mvondo, Ndzana, Ngono, Njoya, Nkolo, Owona, Talla, Tchoumi, Wamba, Zambo, Ekane, Ndongo, Simo, Tchinda",
)
NORTH = _names(
    "Aïssatou, Amina, Djamila, Fadimatou, Habiba, Hadja, Haoua, Khadidja, Maïmouna, Mariama, Nafissatou, Oumoul, "
    "Ramatou, Salamatou, Yasmina, Zeinabou, Asta, Falmata",
    "Abdoulaye, Ahmadou, Alioum, Bachirou, Boukar, Djibril, Hamidou, Ibrahim, Issa, Mamoudou, Moussa, Nassourou, "
    "Ousmanou, Saïdou, Souleymanou, Yaya, Youssoufa, Kari",
    "Abba, Adamou, Alhadji, Baba, Bello, Boubakary, Dalil, Djibrilla, Garga, Hamadou, Haman, Mohamadou, Oumarou, "
    "Sali, Sanda, Yerima, Zoua, Dawaï",
)
WEST_ENGLISH = _names(
    "Beatrice, Blessing, Comfort, Delphine, Esther, Florence, Gladys, Grace, Judith, Mercy, Patience, Prudencia, "
    "Relindis, Sheila, Vera",
    "Clement, Divine, Elvis, Emmanuel, Eric, Ernest, Godlove, Ivo, Joseph, Kingsley, Linus, Peter, Richard, Valery, "
    "Wilfred",
    "Achu, Agbor, Ambe, Asong, Ayuk, Besong, Enow, Fon, Fru, Lum, Mbah, Ndip, Ngwa, Nkeng, Nsoh, Tabe, Takang, Tanyi",
)
CENTRAL = _names(
    "Béatrice, Fatimé, Flavienne, Grâce, Hawa, Honorine, Léa, Mireille, Nadia, Ornella, Rachelle, Zara",
    "Aristide, Brice, Faustin, Firmin, Gervais, Jonas, Maxime, Prosper, Rodrigue, Saturnin, Simplice, Ismaël",
    "Banga, Bissa, Dambale, Gbadora, Kossi, Mokpem, Nambo, Ngbanda, Sanze, Wanza, Yakoma, Zoungana",
)
CHAD = _names(
    "Achta, Fatimé, Halimé, Kaltouma, Mariam, Nadjé, Solkem, Zenaba",
    "Abakar, Adoum, Allamine, Brahim, Daoud, Hissein, Mahamat, Ngarlem",
    "Abdelkerim, Alladoum, Djimadoum, Kemkoye, Mbaïlassem, Nadji, Ousman, Ramadane",
)
NIGERIA = _names(
    "Adaeze, Aisha, Blessing, Chioma, Funmi, Hauwa, Ngozi, Yetunde, Zainab",
    "Bukar, Chidi, Danjuma, Emeka, Ibrahim, Musa, Obinna, Tunde, Usman",
    "Abubakar, Adeyemi, Bako, Danladi, Eze, Lawan, Modu, Okafor, Okon",
)
FARTHER = _names(
    "Aminata, Awa, Clémence, Fanta, Gisèle, Kadiatou, Mariam, Rokia, Sylvie",
    "Alpha, Bakary, Christian, Drissa, Ibrahima, Jean-Paul, Mamadou, Ousmane, Patrick",
    "Bah, Camara, Diallo, Ilunga, Kabeya, Keïta, Koné, Mbala, Sow, Traoré",
)

OF_REGION: dict[str, Names] = {
    **dict.fromkeys(("CM002", "CM003", "CM005", "CM008", "CM009"), SOUTH),
    **dict.fromkeys(("CM001", "CM004", "CM006"), NORTH),
    **dict.fromkeys(("CM007", "CM010"), WEST_ENGLISH),
}
OF_COUNTRY: dict[str, Names] = {"CF": CENTRAL, "TD": CHAD, "NG": NIGERIA}


def names_of(country: str, region: str) -> Names:
    """Names of somebody from a country; for Cameroon of somebody from a region."""
    return OF_REGION[region] if country == "CM" else OF_COUNTRY.get(country, FARTHER)


def given_name(names: Names, sex: str, rng: Random) -> str:
    """A first name."""
    return rng.choice(names.women if sex == "female" else names.men)


def full_name(region: str, rng: Random) -> str:
    """The name of a colleague, marked as invented."""
    names = OF_REGION[region]
    given = given_name(names, rng.choice(("female", "male")), rng)
    return f"{given} {rng.choice(names.families)} (démonstration)"
