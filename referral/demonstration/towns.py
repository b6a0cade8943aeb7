"""Real towns where the invented organisations stand, with their département and approximate coordinates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A town: name, P-code of its département, latitude, longitude."""

    name: str
    pcode: str
    latitude: float
    longitude: float

    @property
    def region(self) -> str:
        """P-code of its region.

        >>> TOWNS["douala"].region
        'CM005'
        """
        return self.pcode[:5]


TOWNS: dict[str, Town] = {
    "ngaoundere": Town("Ngaoundéré", "CM001005", 7.3277, 13.5847),
    "meiganga": Town("Meiganga", "CM001004", 6.5176, 14.2906),
    "tibati": Town("Tibati", "CM001001", 6.4667, 12.6333),
    "banyo": Town("Banyo", "CM001003", 6.7500, 11.8167),
    "yaounde": Town("Yaoundé", "CM002007", 3.8667, 11.5167),
    "mfou": Town("Mfou", "CM002005", 3.7167, 11.6333),
    "mbalmayo": Town("Mbalmayo", "CM002010", 3.5167, 11.5000),
    "bafia": Town("Bafia", "CM002003", 4.7500, 11.2333),
    "bertoua": Town("Bertoua", "CM003004", 4.5773, 13.6846),
    "garoua_boulai": Town("Garoua-Boulaï", "CM003004", 5.8833, 14.5500),
    "batouri": Town("Batouri", "CM003003", 4.4333, 14.3667),
    "abong_mbang": Town("Abong-Mbang", "CM003002", 3.9833, 13.1833),
    "maroua": Town("Maroua", "CM004001", 10.5910, 14.3159),
    "kousseri": Town("Kousséri", "CM004002", 12.0769, 15.0306),
    "mokolo": Town("Mokolo", "CM004006", 10.7400, 13.8027),
    "mora": Town("Mora", "CM004005", 11.0461, 14.1401),
    "douala": Town("Douala", "CM005004", 4.0511, 9.7679),
    "edea": Town("Edéa", "CM005003", 3.8000, 10.1333),
    "nkongsamba": Town("Nkongsamba", "CM005001", 4.9547, 9.9404),
    "garoua": Town("Garoua", "CM006001", 9.3014, 13.3977),
    "guider": Town("Guider", "CM006003", 9.9342, 13.9486),
    "touboro": Town("Touboro", "CM006004", 7.7667, 15.3667),
    "bamenda": Town("Bamenda", "CM007005", 5.9597, 10.1460),
    "kumbo": Town("Kumbo", "CM007002", 6.2000, 10.6833),
    "wum": Town("Wum", "CM007004", 6.3833, 10.0667),
    "bafoussam": Town("Bafoussam", "CM008006", 5.4778, 10.4176),
    "dschang": Town("Dschang", "CM008005", 5.4500, 10.0500),
    "foumban": Town("Foumban", "CM008008", 5.7286, 10.8989),
    "ebolowa": Town("Ebolowa", "CM009002", 2.9000, 11.1500),
    "kribi": Town("Kribi", "CM009003", 2.9391, 9.9081),
    "ambam": Town("Ambam", "CM009004", 2.3833, 11.2833),
    "sangmelima": Town("Sangmélima", "CM009001", 2.9333, 11.9833),
    "buea": Town("Buea", "CM010001", 4.1527, 9.2410),
    "limbe": Town("Limbé", "CM010001", 4.0227, 9.2149),
    "kumba": Town("Kumba", "CM010005", 4.6363, 9.4469),
    "mamfe": Town("Mamfé", "CM010004", 5.7500, 9.3167),
}

SEATS: dict[str, tuple[str, str, str]] = {
    "CM001": ("ngaoundere", "meiganga", "tibati"),
    "CM002": ("yaounde", "mbalmayo", "bafia"),
    "CM003": ("bertoua", "batouri", "abong_mbang"),
    "CM004": ("maroua", "mokolo", "mora"),
    "CM005": ("douala", "edea", "nkongsamba"),
    "CM006": ("garoua", "guider", "touboro"),
    "CM007": ("bamenda", "kumbo", "wum"),
    "CM008": ("bafoussam", "dschang", "foumban"),
    "CM009": ("ebolowa", "kribi", "sangmelima"),
    "CM010": ("buea", "limbe", "kumba"),
}
"""The seat of each region and two more of its towns."""

SHORT: dict[str, str] = {
    "CM001": "ad", "CM002": "ce", "CM003": "es", "CM004": "en", "CM005": "lt",
    "CM006": "no", "CM007": "nw", "CM008": "ou", "CM009": "su", "CM010": "sw",
}  # fmt: skip
"""The region's two letters, for the names of accounts."""
