"""Who this is, in words that name nobody: girl, woman, boy, man, child, person, and the age group."""

from __future__ import annotations

from referral.people.rules import AgeBand, AgeGroup, Sex
from sop.vocabulary import N_, Message

GIRL, WOMAN, BOY, MAN, CHILD, PERSON = "girl", "woman", "boy", "man", "child", "person"
WHO: dict[tuple[Sex, bool], str] = {
    (Sex.FEMALE, True): GIRL,
    (Sex.FEMALE, False): WOMAN,
    (Sex.MALE, True): BOY,
    (Sex.MALE, False): MAN,
}


def portrait(sex: Sex, age_band: AgeBand, age_group: AgeGroup) -> Message:
    """Sex and age group as a sentence begins with them.

    >>> str(portrait(Sex.FEMALE, AgeBand.MINOR, AgeGroup.A12).text)
    'Girl, %(age)s years'
    >>> portrait(Sex.MALE, AgeBand.DOUBTFUL, AgeGroup.UNKNOWN).text
    'Person, age not known'
    """
    child = age_band is AgeBand.MINOR or age_group in (AgeGroup.A0, AgeGroup.A5, AgeGroup.A12, AgeGroup.A15)
    who = WHO.get((sex, child), CHILD if child else PERSON)
    if age_group is AgeGroup.UNKNOWN:
        return UNKNOWN_AGE[PERSON if age_band is AgeBand.DOUBTFUL else who]
    return Message("portrait", AGED[who], {"age": age_group.label})


AGED: dict[str, str] = {
    GIRL: N_("Girl, %(age)s years"),
    WOMAN: N_("Woman, %(age)s years"),
    BOY: N_("Boy, %(age)s years"),
    MAN: N_("Man, %(age)s years"),
    CHILD: N_("Child, %(age)s years"),
    PERSON: N_("Person, %(age)s years"),
}
UNKNOWN_AGE: dict[str, Message] = {
    GIRL: Message("portrait", N_("Girl, age not known")),
    WOMAN: Message("portrait", N_("Woman, age not known")),
    BOY: Message("portrait", N_("Boy, age not known")),
    MAN: Message("portrait", N_("Man, age not known")),
    CHILD: Message("portrait", N_("Child, age not known")),
    PERSON: Message("portrait", N_("Person, age not known")),
}
