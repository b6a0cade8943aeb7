"""Forms of the kind humanitarian organisations use, invented for the tests, as short tables."""

from __future__ import annotations


def table(name: str, text: str) -> str:
    """A sheet in Markdown from lines of cells between bars; its header is line 2 and its rows follow."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join([f"| {name} |", *(f"| | {line} |" for line in lines)])


def form(survey: str, choices: str = "", settings: str = "form_id | version\nf | 1") -> str:
    """A form in Markdown; the survey comes first, so that its rows start on line 3."""
    sheets = [table("survey", survey), table("settings", settings)]
    return "\n".join([*sheets[:1], *([table("choices", choices)] if choices else []), *sheets[1:]])


CAMPS = form(
    """
    type | name | label::Français (fr) | label::English (en) | required | choice_filter | category
    begin group | where | Lieu | Place | | |
    select_one region | region | Région | Region | yes | | C1
    select_one department | department | Département | Division | yes | region = ${region} | C1
    select_one camp | camp | Site | Site | | department=${department} and open = 'yes' | C4
    end group | | | | | |
    """,
    """
    list_name | name | label::Français (fr) | label::English (en) | region | department | open
    region | EN | Extrême-Nord | Far North | | |
    region | ES | Est | East | | |
    department | MT | Mayo-Tsanaga | Mayo-Tsanaga | EN | |
    department | LD | Lom-et-Djérem | Lom-et-Djérem | ES | |
    camp | MIN | Minawao | Minawao | | MT | yes
    camp | GAD | Gado | Gado | | LD | yes
    camp | LOL | Lolo | Lolo | | LD | no
    """,
    "form_id | form_title | version | default_language\ncamps | Sites | 2026.1 | Français (fr)",
)

ROSTER = form(
    """
    type | name | label | relevant | constraint | calculation | repeat_count | required | category
    text | head | Head of household | | | | | yes | C2
    integer | size | How many people? | | . > 0 and . <= 30 | | | yes | C3
    begin repeat | members | Person | | | | ${size} | |
    calculate | number | | | | position(..) | | | C3
    text | member | Name of person ${number} | | | | | yes | C2
    integer | age | Age of ${member} | | . >= 0 and . <= 120 | | | yes | C3
    select_one yes_no | school | Does ${member} go to school? | ${age} >= 6 and ${age} < 18 | | | | | C14
    end repeat | | | | | | | |
    calculate | youngest | | | | min(${age}) | | | C3
    calculate | children | | | | sum(${is_child}) | | | C3
    begin repeat | again | Person | | | | ${size} | |
    calculate | is_child | | | | if(indexed-repeat(${age}, ${members}, position(..)) < 18, 1, 0) | | | C3
    end repeat | | | | | | | |
    calculate | names | | | | join(', ', ${member}) | | | C2
    calculate | counted | | | | count(${members}) | | | C3
    """,
    "list_name | name | label\nyes_no | yes | Yes\nyes_no | no | No",
    "form_id | form_title | version\nroster | Household roster | 3",
)

NESTED = form(
    """
    type | name | label | relevant | calculation | category
    begin_repeat | households | Household | | |
    text | household | Name of the household | | | C2
    begin group | living | Living conditions | | |
    begin repeat | people | Person | | |
    text | person | Name | | | C2
    integer | years | Age | | | C3
    begin repeat | phones | Telephone | ${years} >= 15 | |
    phone number | phone | Number | | | C2
    end repeat | | | | |
    end repeat | | | | |
    end group | | | | |
    calculate | people_here | | | count(${people}) | C3
    calculate | oldest_here | | | max(${years}) | C3
    end_repeat | | | | |
    calculate | people_all | | | count(${people}) | C3
    calculate | phones_all | | | count-non-empty(${phone}) | C3
    """,
)

OTHERS = form(
    """
    type | name | label::French | label::en | relevant | category
    select_one source or_other | source1 | Par qui ? | Through whom? | | C4
    select_multiple need or specify other | needs | Besoins | Needs | | C13
    select all that apply from need or other | urgent | Urgents | Urgent | ${source1} = 'other' | C13
    """,
    """
    list_name | value | caption::French | caption::en
    source | ngo | Une ONG | An NGO
    need | food | Nourriture | Food
    need | roof | Toit | Shelter
    """,
)

REGISTRY = form(
    """
    type | name | label | calculation | choice_filter | parameters | constraint | category
    text | token | Household number | | | | regex(., '^[0-9]{4}$') | C2
    calculate | known | | pulldata('register', 'head', 'number', ${token}) | | | | C2
    select_one_from_file places.csv | place | Place | | zone = pulldata('register', 'zone', 'number', ${token}) | value=code label=title | | C4
    select_multiple_from_file goods.csv | goods | Goods received | | | | | C12
    select_one_from_file nowhere.csv | lost | Lost | | | | | C4
    calculate | wrong | | pulldata('register', 'colour', 'number', ${token}) | | | | C4
    """,  # noqa: E501
)
REGISTRY_FILES = {
    "register.csv": "number,head,zone\n0001,Awa,N\n0002,Bello,S\n0001,Second,S\n",
    "places.csv": "code,title,zone\nP1,Marché,N\nP2,École,S\n",
    "goods.csv": "name,label\nrice,Riz\noil,Huile\n",
}

PICTURES = form(
    """
    type | name | label::Français (fr) | label::English (en) | hint::English (en) | media::image | media::audio::Français (fr) | required | required_message::Français (fr) | required_message::English (en) | guidance_hint::Français (fr) | guidance_hint::English (en) | category
    select_one face | pain | Où avez-vous mal ? | Where does it hurt? | Point to the picture | body.png | mal.mp3 | yes | Montrez une image. | Point to a picture. | Ne touchez pas. | Do not touch. | C6
    note | thanks | Merci | | | | | | | | | |
    """,  # noqa: E501
    """
    list_name | name | label::Français (fr) | label::English (en) | image
    face | head | Tête | Head | head.png
    face | belly | Ventre | | belly.png
    """,
)

DISTRIBUTION = form(
    """
    type | name | label | appearance | constraint | parameters | category
    start | start | | | | |
    end | end | | | | |
    today | today | | | | |
    deviceid | device | | | | |
    username | who | | | | |
    barcode | card | Scan the card | | | | C2
    phone number | tel | Telephone | numbers | | | C2
    geopoint | spot | Where are you? | | | | C4
    image | photo | Photo of the card | | | max-pixels=1024 | C2
    audio | voice | Voice message | | | | C5
    video | film | Film | | | | C5
    file | letter | Letter | | | | C5
    acknowledge | agreed | I have explained | | | | C1
    datetime | seen | Seen on | | | | C4
    time | at | At | | | | C4
    decimal | kilos | Kilos | | . > 0 | | C12
    """,
)

UNSUPPORTED = form(
    """
    type | name | label | appearance | relevant | parameters | category
    audit | audit | | | | |
    background-audio | sound | | | | |
    start-geopoint | begun_at | | | | | C4
    range | scale | From 0 to 10 | | | start=0 end=10 step=1 | C6
    range | weight | Weight | | | start=-1 end=1 step=0.5 | C6
    rank need | order | Order of needs | | | | C13
    geotrace | walk | Walk | | ${order} != '' | | C4
    geoshape | field | Field | | | | C4
    select_one needs | found | Found | search('needs') | | | C13
    image | signed | Signature | signature | | | C2
    select_one ${name} | chosen | Chosen | | | | C2
    text | name | Name | | ${walk} = '' | | C2
    begin group | g | Group | table-list | | |
    select_one need | one | One | | | | C13
    end group | | | | | |
    """,
    "list_name | name | label\nneed | food | Food\nneed | roof | Shelter\nneeds | code | title",
)

CHILD = form(
    """
    type | name | label | calculation | default | read_only | trigger | constraint | required | category
    calculate | case | | once(uuid()) | | | | | | C1
    date | born | Born on | | | | | . <= today() and . > date('2005-01-01') | yes | C3
    calculate | months | | int((decimal-date-time(today()) - decimal-date-time(${born})) div 30.4) | | | | | | C3
    date | visit | Date of the visit | | today() | | | | yes | C4
    text | country | Country | | Cameroon | yes | | | | C1
    integer | doubled | Twice the months | ${months} * 2 | | | | | | C3
    hidden | origin | | | clinic | | | | | C4
    calculate | stamp | | now() | | | ${born} | | | C4
    integer | percent | Share | | | | | . <= 100 | | C3
    """,
)

LEDGER = form(
    """
    type | name | label | calculation | relevant | category
    begin repeat | payments | Payment | | |
    integer | amount | Amount | | | C12
    calculate | balance | | coalesce(indexed-repeat(${balance}, ${payments}, position(..) - 1), 0) + ${amount} | | C12
    begin group | detail | Detail | | ${amount} > 100 |
    text | reason | Reason for ${amount} | | | C12
    calculate | turn | | position(../..) | | C12
    calculate | wrong | | position(..) | | C12
    end group | | | | |
    end repeat | | | | |
    calculate | total | | sum(${amount}) | | C12
    calculate | first | | ${amount} | | C12
    calculate | second | | indexed-repeat(${amount}, ${payments}, 2) | | C12
    """,
)

WASHINGTON = form(
    """
    type | name | label::English (en) | label::Français (fr) | relevance | appearance | calculate | category | remarks | Team
    begin_group | wg | Disability | Handicap | | field-list | | | |
    note | intro | Because of a health problem: | À cause d’un problème de santé : | | | | | read aloud | B
    select_one wg | seeing | Difficulty seeing? | Difficulté à voir ? | | minimal | | C7 | |
    select_one wg | hearing | Difficulty hearing? | Difficulté à entendre ? | | likert | | C7 | |
    end_group | | | | | | | | |
    calculate | any | | | | | if(${seeing} >= 3 or ${hearing} >= 3, 'yes', 'no') | C7 | |
    calculate | words | | | | | jr:choice-name(${seeing}, '${seeing}') | C7 | |
    calculate | rest | | | | | /data/wg/seeing | C7 | |
    calculate | early | | | ${any} = 'yes' | | string-length(.) | C7 | |
    """,  # noqa: E501
    """
    list_name | name | label::English (en) | label::Français (fr)
    wg | 1 | No | Non
    wg | 2 | Some | Un peu
    wg | 3 | A lot | Beaucoup
    wg | 4 | Cannot | Impossible
    """,
)
