"""What a document says of itself: title, number, dates, issuer, region, each with where it is known from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.edges import DATE_LINE, DAY, NUMBER_LINE, edge_roles
from corpus.numerals import parse_number

REGIONS = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东",
    "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏",
    "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip
"""The short names of the provinces, municipalities, autonomous and special regions."""

FIELDS = ("title", "region", "issuer", "doc_number", "date", "dates", "implements")
_ISSUER = re.compile(r"([一-鿿]{2,30}?(?:人民政府办公厅|人民政府办公室|人民政府|国务院办公厅|国务院|委员会|办公厅|[部厅局]))")
_DAY_PARTS = re.compile(r"(\d{4}|[〇○零一二三四五六七八九]{4})\s?[年./-]\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?[月./-]\s?(\d{1,2}|[一二三四五六七八九十]{1,3})")
_EFFECTIVE = re.compile(rf"自({DAY})起(?:施行|实施|执行)")
_PUBLISHED = re.compile(rf"({DAY})[^，。]{{0,40}}(?:通过|公布|发布|印发)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a document; `origins` says for each known field "text", "supplied" or "inferred"."""

    title: str
    region: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    date: str | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    implements: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


def iso_day(text: str) -> str | None:
    """The first day that `text` prints, as an ISO date.

    >>> iso_day("来源：某网2016年08月26日"), iso_day("二〇一六年十月九日")
    ('2016-08-26', '2016-10-09')
    """
    found = _DAY_PARTS.search(text)
    if not found:
        return None
    year, month, day = (parse_number(part) for part in found.groups())
    if not (year and month and day and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def printed_title(text: str) -> str | None:
    """The title line or lines of a canonical text, joined, or None where it begins with the body."""
    words = text.split("\n")[:12]
    lines = [line for line, role in zip(words, edge_roles(words, None), strict=True) if role == "title"]
    return "".join(lines) or None


def read_metadata(text: str, file_stem: str, supplied: Mapping[str, Any]) -> Metadata:
    """What the canonical text says, completed and corrected by what a person supplied."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}

    def note(name: str, value: Any, origin: str) -> None:
        if value and name not in values:
            values[name], origins[name] = value, origin

    for name in FIELDS:
        note(name, supplied.get(name), "supplied")
    note("title", printed_title(text), "text")
    note("title", file_stem, "inferred")
    words = text.split("\n")
    roles = edge_roles(words, values["title"] if origins["title"] == "text" else None)
    edges = [(line, role) for line, role in zip(words, roles, strict=True) if role is not None]
    for line, role in edges:
        if role == "number" and NUMBER_LINE.fullmatch(line):
            note("doc_number", line.strip("（）()"), "text")
    dates = dict(_dates(text, edges))
    note("dates", dates, "text")
    note("date", dates.get("signed") or dates.get("published"), "text")
    signers = [line for line, role in edges if role == "signature" and not DATE_LINE.fullmatch(line)]
    note("issuer", signers[0] if signers else None, "text")
    found = _ISSUER.match(values["title"].strip("《》"))
    note("issuer", found.group(1) if found else None, "inferred")
    for place in (values.get("title"), values.get("issuer"), *(line for line, role in edges if role == "source")):
        note("region", _region(place or ""), "inferred")
    return Metadata(**{name: value for name, value in values.items()}, origins=origins)


def _dates(text: str, edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line, role in edges:
        day = iso_day(line)
        if day and role == "signature":
            found.append(("signed", day))
        elif day and (role == "source" or (role == "note" and _PUBLISHED.search(line))):
            found.append(("published", day))
    if effective := _EFFECTIVE.search(text):
        day = iso_day(effective[1])
        if day:
            found.append(("effective", day))
    return found


def _region(text: str) -> str | None:
    """The province that a title or an issuer begins with; a name in the middle is only mentioned.

    >>> _region("山西省促进医药产业健康发展实施方案"), _region("国务院关于支持山西省发展的意见")
    ('山西', None)
    """
    bare = re.sub(r"^(?:来源|信息来源)?[:： ]*|中国|《", "", text)
    return next((name for name in REGIONS if bare.startswith(name)), None)
