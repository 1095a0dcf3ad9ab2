"""What the library holds, as far as a question can name it: regions, titles and their short forms.

Made once per state of the library (`Library.digest`) and kept, because every question needs it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.models import DocumentInfo
from index.tokens import normalize
from qa.regions import find_regions, full_name
from qa.seams import Reader

ENDING = re.compile(r"\((?:[^()]*(?:年|试行|修正|修订|暂行|草案)[^()]*)\)$")
PROMULGATION = re.compile(
    "^.{0,30}?(?:关于|印发|转发|发布)+(?:印发|转发|发布|批转|公布)?《?(.+?)》?的?(?:通知|决定|公告|命令?)$"
)
NATIONAL = "全国"  # the region of laws and documents of the State Council: they hold in every province
COUNTRY = "中华人民共和国"
ABBREVIATED = re.compile(
    r"(?<![㐀-鿿])(?:[依按]照?|根据|违反|看|问|对)?([㐀-鿿]{2,5}法)(?=第|\d|规定|里|中|对|怎么|是|$|[^㐀-鿿])"
)
# 公司法 stands in 有限公司法定代表人 and names no law there.
GOES_ON = re.compile("[定人律院官规治庭制]")


# The town or county that a title begins with, after its province: 江苏省|泓州|市…; not 特大城市.
TOWN = re.compile("^(?:[㐀-鿿]{2,7}?(?:省|自治区))?([㐀-鿿]{2,4}?)(?<!城)(?:市|县|自治州|州|盟|旗)(?!场)")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """infos: by document id. regions: in order of first document. titles: normalized title or short form
    -> ids. towns: places that titles begin with and no table of regions has -> region of the document.
    """

    infos: Mapping[str, DocumentInfo]
    regions: tuple[str, ...]
    titles: Mapping[str, tuple[str, ...]]
    towns: Mapping[str, str] = field(default_factory=dict)

    def of_regions(self, regions: Iterable[str]) -> tuple[str, ...]:
        """The ids of the documents of these regions."""
        wanted = set(regions)
        return tuple(info.document_id for info in self.infos.values() if info.region in wanted)


@dataclass(frozen=True, slots=True)
class TitleMention:
    """A document named in a question. ids is empty where the library does not hold it."""

    text: str
    ids: tuple[str, ...]
    start: int
    end: int


_kept: dict[str, Catalogue] = {}


def catalogue_of(library: Reader) -> Catalogue:
    """The catalogue of the library in its present state."""
    digest = library.digest()
    found = _kept.get(digest)
    if found is None:
        if len(_kept) >= 4:
            _kept.clear()
        found = _kept[digest] = make_catalogue(library.documents())
    return found


def make_catalogue(infos: Iterable[DocumentInfo]) -> Catalogue:
    """The catalogue of these documents."""
    held = {info.document_id: info for info in infos}
    titles: dict[str, list[str]] = {}
    for info in held.values():
        for name in short_forms(info.title, info.region):
            titles.setdefault(name, []).append(info.document_id)
    regions = tuple(dict.fromkeys(info.region for info in held.values() if info.region and info.region != NATIONAL))
    return Catalogue(held, regions, {name: _current(ids, held) for name, ids in titles.items()}, _towns(held.values()))


def _towns(infos: Iterable[DocumentInfo]) -> dict[str, str]:
    found: dict[str, str] = {}
    for info in infos:
        match = TOWN.match(normalize(info.title).strip("《》"))
        if match and info.region and not find_regions(match[1]):
            found[match[1]] = info.region
    return found


def _current(ids: list[str], held: Mapping[str, DocumentInfo]) -> tuple[str, ...]:
    current = [each for each in ids if held[each].current]
    return tuple(current or ids)


@lru_cache(maxsize=4096)
def short_forms(title: str, region: str | None) -> tuple[str, ...]:
    """The forms in which people name a title, normalized, the full one first.

    >>> short_forms("《中华人民共和国劳动法（2018年修正）》", None)
    ('中华人民共和国劳动法(2018年修正)', '中华人民共和国劳动法', '劳动法')
    """
    forms = [normalize(title).strip("《》")]
    forms.append(ENDING.sub("", forms[-1]))
    if promulgated := PROMULGATION.match(forms[-1]):
        forms.append(promulgated[1].strip("《》"))
    forms.append(forms[-1].removeprefix(COUNTRY))
    mentions = find_regions(forms[-1])
    if mentions and mentions[0].start == 0:
        rest = forms[-1][mentions[0].end :]
        forms += [mentions[0].region + rest, full_name(mentions[0].region) + rest, rest]
    elif region:
        forms += [region + forms[-1], full_name(region) + forms[-1]]
    return tuple(dict.fromkeys(form for form in forms if len(form) >= 2))


def find_titles(text: str, catalogue: Catalogue) -> list[TitleMention]:
    """The documents that a normalized question names, by 《title》 or by a title or its short form."""
    found = [
        TitleMention(match.group(), catalogue.titles.get(match[1], ()), match.start(), match.end())
        for match in re.finditer("《([^《》]+)》", text)
    ]
    for start, end in _plain_titles(text, catalogue):
        if not any(mention.start < end and start < mention.end for mention in found):
            found.append(TitleMention(text[start:end], catalogue.titles[text[start:end]], start, end))
    for start, end, ids in _abbreviations(text, catalogue):
        if not any(mention.start < end and start < mention.end for mention in found):
            found.append(TitleMention(text[start:end], ids, start, end))
    return sorted(found, key=lambda mention: mention.start)


def _abbreviations(text: str, catalogue: Catalogue) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Laws named by some of their characters, where only one law of the library has them: 消保法, 食安法, 道交法."""
    for match in ABBREVIATED.finditer(text):
        for start in range(match.start(1), match.end(1) - 2):
            short = text[start : match.end(1)]
            meant = {ids for title, ids in catalogue.titles.items() if abbreviates(short, title)}
            if len(meant) == 1:
                yield start, match.end(1), meant.pop()
                break


def abbreviates(short: str, title: str) -> bool:
    """True where `short` begins and ends like the title of a law and has its characters in their order.

    >>> abbreviates("消保法", "消费者权益保护法"), abbreviates("消费法", "药品管理法"), abbreviates("护法", "护士法")
    (True, False, False)
    """
    if not (3 <= len(short) <= len(title) - 2 and short[0] == title[0] and title.endswith("法")):
        return False
    if title.startswith(short[:-1]):
        return False  # 劳动法 is a law of its own, not short for 劳动合同法
    rest = iter(title)
    return all(character in rest for character in short)


def _plain_titles(text: str, catalogue: Catalogue) -> Iterator[tuple[int, int]]:
    """Spans of the longest titles that stand in the text without brackets, left to right."""
    longest = max(map(len, catalogue.titles), default=0)
    at = 0
    while at < len(text) - 1:
        for end in range(min(len(text), at + longest), at + 1, -1):
            if text[at:end] in catalogue.titles and not (end - at <= 4 and GOES_ON.match(text[end : end + 1])):
                yield at, end
                at = end
                break
        else:
            at += 1
