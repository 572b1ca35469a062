"""What plates of the world say: patterns of letters and digits, country by country, beside purely random strings.

In a pattern `L` is a letter of the grammar's alphabet, `D` a digit, `C` a place code of its list, `X` a letter or
digit; `(Q)` stands for the letter Q itself. A space is a gap, `-` a gap that may hold a dash, a dot or a seal,
`|` starts the second line. Sources: the countries' registration rules as commonly published; they are there to
give the training variety, not to judge a plate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recognition.alphabet import CHINESE_PROVINCES

ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_IO = "ABCDEFGHJKLMNPQRSTUVWXYZ"
NO_IOQ = "ABCDEFGHJKLMNPRSTUVWXYZ"
TURKISH = "ABCDEFGHIJKLMNOPRSTUVYZ"


@dataclass(frozen=True, slots=True)
class Grammar:
    region: str
    patterns: tuple[str, ...]
    letters: str = ALL
    codes: tuple[str, ...] = ()
    style: str = "eu"  # one of plates.STYLES
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Groups of characters with what stands between them: " " or "-" before each group but the first."""

    groups: tuple[str, ...]
    separators: str

    @property
    def text(self) -> str:
        return "".join(self.groups)


@dataclass(frozen=True, slots=True)
class PlateText:
    lines: tuple[Line, ...]
    region: str
    style: str

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


def words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


GERMAN = words(
    "B M K F S D H HH HB DO E DU BO W BI BN MS KA MA A WI GE AC BS KI MD KR OB L ER MZ KS HA HAM SB HS LU LEV OL NE PB "
    "HD DA WÜ R IN HN UL PF WOB GÖ RE BOT SZ SG HI J TR MO KO JE VER RO AB ES LB BB TÜ RT FN KN VS FR OG RA ST WAF COE "
    "BOR KLE WES VIE DN EU SU GM GL ME UN SO HSK OE SI HX LIP HF MI DH CLP NOM OHV LDS TF HVL MOL BAR UM OPR PM GT "
    "DD EF HGW SN WE Z CB FF HAL LOS OD SE PI HL FL"
)
ROMANIAN = words(
    "AB AR AG BC BH BN BT BV BR B BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM "
    "TL VS VL VN B B B IF"
)
POLISH = words(
    "WA WB WE WI WX KR PO DW GD GA GDA LU BI SK SO SB EL EP ZS ZK CB CT RZ OP TK NO WGM KNS PZ SC SG SH SL SY WPR WOT "
    "KWI GKA LLU BIA RDE TKI FZ FG PGN DLU NEL OB CIN WZ KOL"
)
SLOVAK = words("BA BL BB KE PO NR TT TN ZA MT MI PP SN LM LC ZV PN GA SE DS KN NZ LV TO PE BN PB PD CA NO NM TV VT")
SLOVENIAN = words("LJ MB CE KR KP NM MS GO SG KK PO")
AUSTRIAN = words("W G S L I K B BN MD GU LL SL VB WY KB BR FR WL SB NK P ST WN TU SZ IL KU WO LB JO AM BA WZ KR RI")
CROATIAN = words("ZG ST RI OS ZD PU KA SK VZ SB VU KR BJ DU SI VK KC VT IM GS DA OG NA DJ")
BULGARIAN = words("CA CB A B E K M H P T X BT BH BP EB TX KH OB PA PB PK PP CC CH CM CO CT Y")
ITALIAN_OLD = words("MI TO NA BO FI GE VE BA PA CT RM VR PD BS BG")
INDIAN = words(
    "MH DL KA TN UP HR GJ RJ AP TS KL WB PB MP BR OD JH CG UK HP GA AS CH JK PY DL MH KA TN HR KL AP UP RJ GJ MH"
)
SWISS = words("ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU")
RUSSIAN_TAIL = words("77 99 97 177 199 197 777 50 90 150 78 98 178 47 16 116 23 93 61 161 54 66 96 74 63 02 102 52")

EUROPE: tuple[Grammar, ...] = (
    Grammar("al", ("LL-DDDLL",), ALL),
    Grammar("at", ("C-DDDDL", "C-DDDLL", "C-LLDD", "C-DDDLLL", "C-DDLLL", "C|DDDLL"), NO_IO, AUSTRIAN, weight=1.5),
    Grammar("ba", ("LDD-L-DDD", "DDD-L-DDD"), "AEJKMOT"),
    Grammar("be", ("D-LLL-DDD", "LLL-DDD", "DDD-LLL", "L-LLL-DDD", "D-LLL|DDD", "LLL|DDD"), ALL, style="eu", weight=2),
    Grammar("bg", ("C DDDD LL", "C|DDDDLL"), "ABCEHKMOPTXY", BULGARIAN),
    Grammar("by", ("DDDD LL-D",), "ABCEHIKMOPTX"),
    Grammar("ch", ("C-DDDDDD", "C-DDDDD", "C-DDDD", "C|DDDDDD", "C-DDD"), ALL, SWISS),
    Grammar("cy", ("LLL DDD", "LLL|DDD"), "ABEHIKMNPTXYZ"),
    Grammar("cz", ("DLD-DDDD", "DLD DDDD", "DLL-DDDD", "DLD|DDDD", "LLL-DD-DD"), "ABCEHJKLMPSTUZ", weight=1.5),
    Grammar(
        "de", ("C-LL DDDD", "C-L DDDD", "C-LL DDD", "C-LL DD", "C-L DDD", "C-L|DDDD", "C|LL DDD"), ALL, GERMAN, weight=3
    ),
    Grammar("dk", ("LL DD DDD", "LL|DDDDD", "LL DD|DDD"), ALL),
    Grammar("ee", ("DDD LLL", "DDD|LLL"), "ABDEFGHIJKLMNOPRSTUVXYZ"),
    Grammar("es", ("DDDD LLL", "DDDD-LLL", "DDDD|LLL"), "BCDFGHJKLMNPRSTVWXYZ", weight=1.5),
    Grammar("es", ("C-DDDD-LL", "C DDDDLL"), ALL, words("M B V SE Z MA A C GR O SS BI CA MU PO TF GC"), weight=0.4),
    Grammar("fi", ("LLL-DDD", "LL-DDD", "LLL-DD", "LLL|DDD"), ALL),
    Grammar("fr", ("LL-DDD-LL", "LL-DDD-LL", "LL-DDD|LL", "LL|DDDLL"), NO_IO.replace("U", ""), weight=2),
    Grammar("fr", ("DDDD LL DD", "DDD LLL DD", "DDDD LL|DD", "DDD LL DD"), NO_IO, weight=1),
    Grammar("gb", ("LLDD LLL", "LLDD LLL", "LLDD|LLL"), NO_IOQ, style="gb", weight=2),
    Grammar("gb", ("LDDD LLL", "LLL DDDL", "LD LLL", "LDD|LLL", "LDDD|LLL"), NO_IOQ, style="gb", weight=0.7),
    Grammar(
        "gb",
        ("LLL DDD", "DDDD L", "LLZ DDDD", "D LLL", "LLL D", "DD LLL", "DD LL", "LL D", "LL|DDDD"),
        ALL.replace("Q", ""),  # without a year: Irish ones have I and Z
        style="gb",
        weight=0.8,
    ),
    Grammar("gr", ("LLL-DDDD", "LLL DDDD", "LLL|DDDD", "LLL|DDD"), "ABEZHIKMNOPTYX", weight=1.2),
    Grammar("hr", ("C-DDDD-LL", "C-DDD-LL", "C-DDD-L", "C|DDDD-LL"), ALL, CROATIAN),
    Grammar("hu", ("LLL-DDD", "LLL|DDD", "LL LL-DDD"), ALL),
    Grammar(
        "ie", ("DDD-C-DDDDD", "DD-C-DDDDD", "DD-C-DDDD", "DD-C|DDDDD"), ALL, words("D C G L LK WX KK KE MH MO CE T W")
    ),
    Grammar("is", ("LL-DDD", "LL-LDD", "LLL DD"), ALL),
    Grammar("it", ("LL-DDDLL", "LL DDDLL", "LL|DDDLL"), NO_IOQ, weight=1.5),
    Grammar("it", ("C-XDDDDD",), "DEFGH", ITALIAN_OLD, weight=0.3),
    Grammar("li", ("(F)(L)-DDDDD",), ALL, weight=0.3),
    Grammar("lt", ("LLL-DDD", "LLL DDD", "LLL|DDD"), ALL),
    Grammar("lu", ("LL DDDD", "LL-DDDD", "LL|DDDD", "L DDDD", "DDDDD"), NO_IO),
    Grammar("lv", ("LL-DDDD", "LL-DDD", "LL-DD", "LL|DDDD"), ALL),
    Grammar("md", ("LLL DDD", "C LL DDD"), ALL, words("C K CR BL")),
    Grammar("me", ("C-LLDDD",), "ABCDEGHKMNPRSTVX", words("PG BR BD NK HN KO TV UL CT")),
    Grammar("mk", ("C-DDDD-LL", "C-DDD-LL"), ALL, words("SK BT KU OH TE PP ST GV")),
    Grammar("mt", ("LLL DDD", "LLL-DDD", "LLL|DDD"), ALL),
    Grammar(
        "nl",
        ("DD-LL-LL", "DD-LLL-D", "LL-DD-LL", "L-DDD-LL", "LL-DDD-L", "D-LLL-DD", "DD-DD-LL", "LL-LL-DD", "DD-LL|LL"),
        "BDFGHJKLNPRSTVXZ",
        style="nl",
        weight=2,
    ),
    Grammar("no", ("LL DDDDD", "LL|DDDDD"), "ABCDEFHJKLNPRSTUVXYZ"),
    Grammar(
        "pl", ("C DDDDD", "C DDDDL", "C DDDLL", "C LDDD", "C DDLL", "C|DDDDD", "C|DDDL"), NO_IO, POLISH, weight=1.5
    ),
    Grammar("pt", ("DD-LL-DD", "DD-DD-LL", "LL-DD-DD", "LL DD LL", "LL-DD|DD"), NO_IO),
    Grammar(
        "ro", ("C DD LLL", "C DD LLL", "C DDD LLL", "C DDDDDD", "C-DD-LLL", "C|DD LLL"), NO_IO + "O", ROMANIAN, weight=4
    ),
    Grammar("rs", ("C-DDD-LL", "C-DDDD-LL"), "ABCDEGHIJKLMNOPRSTUVZ", words("BG NS NI KG SU ZR PA SM UE CA KV VA")),
    Grammar("ru", ("LDDDLL C", "LDDD|LL C"), "ABEKMHOPCTYX", RUSSIAN_TAIL, style="ru"),
    Grammar("se", ("LLL DDD", "LLL DDL", "LLL|DDD"), "ABCDEFGHJKLMNOPRSTUWXYZ", weight=1.5),
    Grammar(
        "si",
        ("C-LL-DDD", "C-DD-DLL", "C LL-DDD", "C-LLL-DD", "C-DDL-LD"),
        "ABCDEFGHIJKLMNOPRSTUVZXY",
        SLOVENIAN,
        weight=1.2,
    ),
    Grammar("sk", ("C-DDDLL", "C DDDLL", "C|DDDLL"), ALL, SLOVAK, weight=1.3),
    Grammar("tr", ("DD LLL DD", "DD LL DDD", "DD L DDDD", "DD LL DDDD", "DD LLL|DDD"), TURKISH),
    Grammar("ua", ("LL DDDD LL", "LL DDDD|LL"), "ABEIKMHOPCTX"),
    Grammar("unknown", ("DDD-(K)(S)-DDD", "DD-DDD-LL", "LD-DD-LL", "DDDDDD"), ALL),  # Kosovo, Georgia, older ones
)

WORLD: tuple[Grammar, ...] = (
    Grammar(
        "us", ("DLLLDDD", "LLL DDDD", "LLL-DDDD", "DDDD LL", "LLL DDD", "DDD LLL", "DDD-LLL"), ALL, style="us", weight=4
    ),
    Grammar(
        "us",
        ("DL DDDD", "DDLLDD", "LL DDDDD", "DDDDDD", "LDD-DDD", "XXX XXX", "XXXXXXX", "DDXD DD", "DDDLDDD"),
        ALL,
        style="us",
        weight=3,
    ),
    Grammar("us", ("LLLLLL", "LLLLLLL", "LLLLL", "LLLLD", "LLDLL", "LLL D LL"), ALL, style="us", weight=1),
    Grammar(
        "us", ("DDDDDL", "DDDDD", "LL DDD", "DDD DDD", "LLL DDL", "LL LLDD", "DDDD LLL"), ALL, style="us", weight=1
    ),
    Grammar("ca", ("LLLL DDD", "LLL DDD", "LLL-DDDD", "LDDLLL", "LLDDDL"), NO_IOQ, style="us"),
    Grammar("mx", ("LLL-DDD-L", "LLL-DD-DD", "LDD-LLL"), NO_IOQ, style="us", weight=0.7),
    Grammar("br", ("LLL-DDDD", "LLL DDDD", "LLL|DDDD"), ALL, style="br", weight=3.5),
    Grammar("br", ("LLLDLDD", "LLL DLDD", "LLL|DLDD"), ALL, style="mercosul", weight=1.5),
    Grammar("ar", ("LL DDD LL", "LDDD|LLL"), ALL, style="mercosul", weight=1.2),
    Grammar("ar", ("LLL DDD", "DDD|LLL"), ALL, style="arold", weight=0.5),
    Grammar(
        "in",
        ("C DD LL DDDD", "CDDLLDDDD", "C-DD-LL-DDDD", "C DD L DDDD", "C DL DDDD", "C DD LL DDD", "C.DD.LL.DDDD"),
        NO_IO,
        INDIAN,
        style="plain",
        weight=3.5,
    ),
    Grammar(
        "in",
        ("C DD|LL DDDD", "C DD LL|DDDD", "C-DD-L|DDDD", "CDD|LLDDDD", "C DD|LL DDD", "C DD L|DDDD", "C DD|LLDDDD"),
        NO_IO,
        INDIAN,
        style="plain",
        weight=3,
    ),
    Grammar("il", ("DD-DDD-DD", "DDD-DD-DDD", "DD-DDD|DD"), ALL, style="nl", weight=0.8),
    Grammar(
        "vn",
        ("DDL-DDD.DD", "DDL|DDD.DD", "DD-LD|DDD.DD", "DDL|DDDD", "DDL-DDDD"),
        "ABCDEFGHKLMNPSTUVXYZ",
        style="plain",
        weight=1.2,
    ),
    Grammar(
        "cn",
        ("CL-XXXXX", "CL-DDDDD", "CL-DDDDD", "CL-XDDDD", "CL|XXXXX"),
        NO_IO,
        tuple(CHINESE_PROVINCES),
        style="cn",
        weight=3.5,
    ),
    Grammar("cn", ("CLXXDDDD", "CLDDDDDX"), "ABCDEFGH", tuple(CHINESE_PROVINCES), style="cngreen", weight=0.6),
)

GRAMMARS: tuple[Grammar, ...] = EUROPE + WORLD
_WEIGHTS = np.array([grammar.weight for grammar in GRAMMARS])
RANDOM_SHARE = 0.2
WORD_SHARE = 0.35  # of the random ones, those that are made-up words


def _fill(pattern: str, grammar: Grammar, rng: np.random.Generator) -> str:
    """Replace the placeholders of a pattern; separators and line breaks stay."""
    out, literal = [], False
    for symbol in pattern:
        if symbol in "()":
            literal = symbol == "("
        elif literal or symbol in " -.|":
            out.append(symbol)
        elif symbol == "C":
            out.append(str(rng.choice(grammar.codes)))
        elif symbol == "D":
            out.append(str(rng.integers(10)))
        elif symbol == "X":
            out.append(
                str(rng.integers(10)) if rng.random() < 0.6 else grammar.letters[rng.integers(len(grammar.letters))]
            )
        else:
            out.append(grammar.letters[rng.integers(len(grammar.letters))] if symbol == "L" else symbol)
    return "".join(out).translate(str.maketrans("ÄÖÜ", "AOU"))


def split_line(line: str) -> Line:
    """`B 12-ABC` -> groups ("B", "12", "ABC"), separators " -". A dot counts as a dash."""
    groups, separators, current = [], "", ""
    for symbol in line.strip(" -."):
        if symbol in " -.":
            if current:
                groups.append(current)
                separators += " " if symbol == " " else "-"
            current = ""
        else:
            current += symbol
    groups.append(current)
    return Line(tuple(groups), separators)


def parse(filled: str, region: str, style: str) -> PlateText:
    return PlateText(tuple(split_line(line) for line in filled.split("|")), region, style)


def made_up_word(rng: np.random.Generator) -> str:
    """Four to eight letters that can be spoken, as vanity plates have: their O is an O, and their I an I."""
    sounds = ("BCDFGHJKLMNPRSTVWXZ", "AEIOUY")
    start = int(rng.integers(2))
    letters = [sounds[(start + i) % 2] for i in range(int(rng.integers(4, 8)))]
    word = "".join(group[rng.integers(len(group))] for group in letters)
    tail = str(rng.integers(1, 100)) if rng.random() < 0.3 else ""
    return word + (" " if rng.random() < 0.5 else "") + tail


def random_string(rng: np.random.Generator) -> PlateText:
    """Any four to nine letters and digits with any gaps, so that the network cannot lean on formats alone."""
    style = str(rng.choice(["eu", "gb", "us", "br", "plain", "nl"]))
    if rng.random() < WORD_SHARE:
        return parse(made_up_word(rng), "", style)
    length = int(rng.integers(4, 10))
    symbols = "".join("D" if rng.random() < 0.5 else "L" for _ in range(length))
    cuts = sorted({int(c) for c in rng.integers(1, length, size=int(rng.integers(0, 3)))})
    for cut in reversed(cuts):
        symbols = symbols[:cut] + str(rng.choice([" ", "-"])) + symbols[cut:]
    if rng.random() < 0.25 and length >= 5:
        middle = len(symbols) // 2
        symbols = symbols[:middle].rstrip(" -") + "|" + symbols[middle:].lstrip(" -")
    return parse(_fill(symbols, Grammar("", ()), rng), "", style)


def sample(rng: np.random.Generator, *, region: str | None = None) -> PlateText:
    """A plate's text; `region` "" means a random string. With `region` given, one of that country."""
    if region is None and rng.random() < RANDOM_SHARE:
        return random_string(rng)
    choices = [i for i, grammar in enumerate(GRAMMARS) if region in (None, grammar.region)]
    weights = _WEIGHTS[choices]
    grammar = GRAMMARS[choices[int(rng.choice(len(choices), p=weights / weights.sum()))]]
    pattern = grammar.patterns[int(rng.integers(len(grammar.patterns)))]
    return parse(_fill(pattern, grammar, rng), grammar.region, grammar.style)
