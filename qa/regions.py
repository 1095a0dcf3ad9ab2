"""Which region a question speaks of, in whatever form people name it.

Official name (广西壮族自治区), short name (广西), nickname (八桂), city (南宁, 南宁市) and, in clear
contexts only, the one-character abbreviation (桂企, 晋药, 粤省, 晋和桂): 晋 also begins 晋升 and 桂
ends 肉桂.  我省, 我区 and the like have no name of their own; `speaks_of_home` tells which kind of
region they mean, and the library says which one that is. The names are in `data/regions.toml`; matches
are leftmost, then longest, so that 马鞍山 is not 鞍山.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from qa.names import Finder

CITY_SUFFIXES = ("市", "自治州", "州", "盟", "地区")
# What may follow an abbreviation that stands alone: a 企业, a 产品, an 省, a 方案 ... of that region.
AFTER_LETTER = (
    "药企|药品|药材|药|企业|企|商|省区|省|自治区|方案|计划|文件|规划|办法|条例|政办发|政发|籍|的|这边|那边|这里|那里"
)
BEFORE_LETTER = "在全驻入来赴离"
WEAK_LETTERS = (
    "新黑青贵宁台甘藏蒙云吉川港秦"  # words of their own (新药, 黑企业): they count only beside another (川渝)
)
JOINT = "、|和|与|跟|同|及|比|对比|vs|/|—|-"
BREAK = r"(?:^|(?<=[\s，。？！,.?!:：;；“”\"'（(《]))"
HOME_PROVINCE = re.compile(
    "我们省|我省|本省|全省|省里|省内|咱省|咱们省|省级|省政府|(?<![\\w])省(?=[\\u4e00-\\u9fff]{1,12}[厅局委办])"
)
HOME_AUTONOMOUS = re.compile("我们区|我区|本区|全区|咱区|自治区")
HOME_CITY = re.compile("我们市|我市|本市|全市|市里|咱市")


@dataclass(frozen=True, slots=True)
class RegionMention:
    """A region named in a text: its short name and the span of the words that name it."""

    region: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Names:
    finder: Finder
    owner: dict[str, str]  # every safe name -> region; "" for a phrase that names none
    letters: dict[str, str]
    full: dict[str, str]
    places: dict[str, tuple[str, ...]]  # the surest names of each region's cities, and its nicknames


@lru_cache(maxsize=1)
def _names() -> _Names:
    table = tomllib.loads(files("qa").joinpath("data/regions.toml").read_text("utf-8"))
    owner = dict.fromkeys(table.pop("not_a_place")["phrases"].split(), "")
    letters: dict[str, str] = {}
    full: dict[str, str] = {}
    places: dict[str, tuple[str, ...]] = {}
    for region, entry in table.items():
        full[region] = entry["full"]
        letters.update(dict.fromkeys(entry["letters"], region))
        names = [region, entry["full"], *entry["nicknames"].split()]
        cities = entry["cities"].split()
        places[region] = (
            *entry["nicknames"].split(),
            *(city.replace("?", "市") for city in cities),
        )
        for city in cities:
            names += [city.rstrip("?") + suffix for suffix in CITY_SUFFIXES]
            if not city.endswith("?"):
                names.append(city)
        for name in names:
            owner.setdefault(name, region)
    return _Names(Finder(owner), owner, letters, full, places)


@lru_cache(maxsize=1)
def _letter_pattern() -> re.Pattern[str]:
    letter = f"[{''.join(_names().letters)}]"
    after = r"两|二|三|各|之间|比|哪|谁|的|在|方案|分别|[\s，。？?,：:]|$"
    run = f"{BREAK}(?P<run>{letter}(?:(?:{JOINT})?{letter})+)(?={after})"
    strong = f"[{''.join(letter for letter in _names().letters if letter not in WEAK_LETTERS)}]"
    alone = f"(?:{BREAK}|(?<=[和与跟比对]))(?P<alone>{strong})(?={AFTER_LETTER})"
    behind = "|".join(f"(?<={word})" for word in BEFORE_LETTER)
    within = f"(?:{behind})(?P<within>{strong})(?=[\\s，。？?,]|的|省|$)"
    brand = f"(?<![肉东南])(?P<brand>{strong})(?=药(?![品材])|企|商|籍|省)"
    return re.compile(f"{run}|{alone}|{within}|{brand}")


def find_regions(text: str) -> list[RegionMention]:
    """Every region named in `text`, in order; a region may occur more than once.

    >>> [(m.region, m.text) for m in find_regions("八桂和晋药，谁在南宁市办厂")]
    [('广西', '八桂'), ('山西', '晋'), ('广西', '南宁市')]
    """
    names = _names()
    found: list[RegionMention] = []
    for name, start in names.finder.find(text):
        region = names.owner[name]
        if region:
            found.append(RegionMention(region, name, start, start + len(name)))
    taken = [(mention.start, mention.end) for mention in found]
    for match in _letter_pattern().finditer(text):
        group = match.lastgroup or "run"
        for at in range(*match.span(group)):
            region = names.letters.get(text[at], "")
            if region and not any(start <= at < end for start, end in taken):
                found.append(RegionMention(region, text[at], at, at + 1))
    return sorted(found, key=lambda mention: mention.start)


def named_regions(text: str) -> tuple[str, ...]:
    """The short names of the regions named in `text`, each once, in order of first mention."""
    return tuple(dict.fromkeys(mention.region for mention in find_regions(text)))


def speaks_of_home(text: str, library_regions: tuple[str, ...]) -> tuple[str, ...]:
    """The region that 我省, 自治区, 全市 … mean in this library; empty where none or several could be meant.

    >>> speaks_of_home("自治区商务厅管什么", ("山西", "广西"))
    ('广西',)
    """
    for pattern, ending in ((HOME_AUTONOMOUS, "区"), (HOME_PROVINCE, "省"), (HOME_CITY, "市")):
        if pattern.search(text):
            fitting = [region for region in library_regions if full_name(region).endswith(ending)]
            return (fitting[0],) if len(fitting) == 1 else ()
    return ()


def full_name(region: str) -> str:
    """The printed name of a region: 广西 -> 广西壮族自治区; a name not in the table comes back as it is."""
    return _names().full.get(region, region)


def mentions(text: str, region: str) -> bool:
    """True where `text` names the region or one of its cities."""
    return region in text or any(place in text for place in _names().places.get(region, ()))
