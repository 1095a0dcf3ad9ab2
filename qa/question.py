"""Reading a question: which region, document, place, department and year it names, and what kind of answer
it wants.

Nothing here looks at the clauses; the catalogue tells which regions and titles the library holds.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.tokens import normalize
from qa.catalogue import NATIONAL, Catalogue, TitleMention, find_titles
from qa.departments import find_departments
from qa.kinds import AND_BETWEEN, COMPARES, Kind, kind_of
from qa.locators import Locator, find_locators
from qa.regions import RegionMention, find_regions, speaks_of_home

YEAR = re.compile(
    r"(?<![\d.〔\[(【])((?:19|20)\d{2})(?:\s*(?:-|至|到|~|—|–)\s*((?:19|20)\d{2}))?(?![\d〕\].%])(?=\s*年|\s*[-—至到末底前后]|[^\d\w]|[㐀-鿿]|$)(?!\s*(?:元|个|家|人|种|万|亿|号|次|项|吨|米|张))"
)
SHORT_YEAR = re.compile(r"(?<!\d)([0-4]\d)年(?:底|末|前|时|的|要|目标)")
FIVE_YEARS = re.compile('[“"]?十([一二三四五])五[”"]?(?:时期|期间|规划|末|$)?')
FIRST_OF_FIVE = {"一": 2006, "二": 2011, "三": 2016, "四": 2021, "五": 2026}
# The two of a library that holds two regions: 两省在人才培养上有什么区别.
BOTH = re.compile("两个?(?:省|地|区|边|份?文件|份?方案|地方).*(?:不同|区别|差[别异]|异同|对比|比|各|都|分别|哪)")
MOST_NAMED = 4  # more documents of one title name none of them
# Words that ask or link and carry nothing to look for.
EMPTY_WORDS = re.compile(
    "请问|我想问问?|想问问?|帮我|麻烦|告诉我|请|究竟|到底|的话|一下子?|什么时候|什么|哪些|哪个|哪几|哪里|哪儿|多少|怎么样?|怎样|如何|是否|"
    "能不能|可不可以|有没有|是不是|会不会|要不要|多久|几个|几家|几种|为什么|规定|方案|文件|里面|[里中]提到|提到|关于|对于|根据|按照|"
    "[吗呢吧啊呀嘛么啥咋的了着是在有要会能对和与及或就都也还把被给向从到为以所其这那该它个我你他们请，。？！、,.?!:：;；“”\"'《》()（）\\s]"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    regions: short names, in the order named (山西, 广西). document: the id of the one document it
    names; named: the several, where it names several. locator: the words that name a place in a
    document, as printed in the question. departments: keys of `qa.departments`. years: four digits
    each. titles: those in 《》; unheld_title: the first that no document has. spoken: the text without
    the regions, titles, departments and places it names. content: what is left of that to look for, without words
    that only ask.
    """

    text: str
    normalized: str
    regions: tuple[str, ...]
    document: str | None
    locator: str | None
    departments: tuple[str, ...]
    years: tuple[str, ...]
    kind: Kind
    compares: bool = False
    named: tuple[str, ...] = ()
    locators: tuple[Locator, ...] = ()
    titles: tuple[str, ...] = ()
    unheld_title: str | None = None
    spoken: str = ""
    content: str = ""
    region_words: tuple[str, ...] = field(default=())


def understand(text: str, catalogue: Catalogue, *, held_departments: tuple[str, ...] = ()) -> Question:
    """Read `text` against what the library holds. held_departments: names of departments that it knows of."""
    normalized = normalize(text)
    mentions = sorted([*find_regions(normalized), *_towns(normalized, catalogue)], key=lambda each: each.start)
    regions = tuple(dict.fromkeys(mention.region for mention in mentions))
    if not regions:
        regions = speaks_of_home(normalized, catalogue.regions)
    held = tuple(region for region in catalogue.regions if region != NATIONAL)
    both = not regions and len(held) == 2 and BOTH.search(normalized) is not None
    regions = held if both else regions
    titles = find_titles(normalized, catalogue)
    ids = _named(titles, catalogue, regions)
    departments = find_departments(normalized, held_departments)
    locators = find_locators(normalized)
    removed = [(mention.start, mention.end) for mention in mentions]
    removed += [(title.start, title.end) for title in titles if title.ids]
    removed += [(start, end) for _, start, end in departments]
    spoken = _without(normalized, removed, locators)
    unheld = [title.text for title in titles if not title.ids]
    return Question(
        text=text,
        normalized=normalized,
        regions=regions,
        document=ids[0] if len(ids) == 1 else None,
        locator="、".join(locator.text for locator in locators) or None,
        departments=tuple(dict.fromkeys(key for key, _, _ in departments)),
        years=years_in(normalized),
        kind=kind_of(normalized),
        compares=both
        or _compares(normalized, regions, [(mention.start, mention.end) for mention in mentions])
        or (len(ids) > 1 and COMPARES.search(normalized) is not None),
        named=ids if len(ids) > 1 else (),
        locators=locators,
        titles=tuple(title.text for title in titles if title.text.startswith("《")),
        unheld_title=unheld[0] if unheld else None,
        spoken=spoken,
        content=EMPTY_WORDS.sub(" ", spoken).strip(),
        region_words=tuple(dict.fromkeys(mention.text for mention in mentions)),
    )


def _towns(text: str, catalogue: Catalogue) -> Iterator[RegionMention]:
    """Towns of the library's own titles: they speak of the region whose document that is."""
    for town, region in catalogue.towns.items():
        start = text.find(town)
        if start >= 0:
            yield RegionMention(region, town, start, start + len(town))


def _named(titles: list[TitleMention], catalogue: Catalogue, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The documents that titles name; of several with one title those of a named region, else none of
    them.
    """
    own = set(catalogue.of_regions(regions))
    found: list[str] = []
    for title in titles:
        ids = title.ids if len(title.ids) == 1 else tuple(each for each in title.ids if each in own)
        if len(ids) <= MOST_NAMED:
            found += ids
    return tuple(dict.fromkeys(found))


def years_in(text: str) -> tuple[str, ...]:
    """The years named in a text, each once; 2016—2020年 and 十三五 name every year between.

    >>> years_in("2016—2018年和20年底")
    ('2016', '2017', '2018', '2020')
    """
    years: list[int] = []
    for match in YEAR.finditer(text):
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        years += range(first, last + 1) if first <= last <= first + 40 else (first, last)
    years += [2000 + int(match[1]) for match in SHORT_YEAR.finditer(text)]
    for match in FIVE_YEARS.finditer(text):
        years += range(FIRST_OF_FIVE[match[1]], FIRST_OF_FIVE[match[1]] + 5)
    return tuple(str(year) for year in dict.fromkeys(years))


def _compares(text: str, regions: tuple[str, ...], spans: list[tuple[int, int]]) -> bool:
    """True where the question is about two regions or asks for a difference."""
    if len(regions) < 2:
        return False
    joined = any(
        AND_BETWEEN.match(text[left_end:right_start]) for (_, left_end), (right_start, _) in itertools.pairwise(spans)
    )
    return joined or COMPARES.search(text) is not None


def _without(text: str, removed: list[tuple[int, int]], locators: tuple[Locator, ...]) -> str:
    """The text with white space for the given spans and for locators."""
    kept = "".join(
        " " if any(start <= at < end for start, end in removed) else character for at, character in enumerate(text)
    )
    for locator in locators:
        kept = kept.replace(locator.text, " ")
    return kept
