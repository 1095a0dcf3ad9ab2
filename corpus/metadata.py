"""What a document says about itself: title, issuer, number, dates, region, and the documents it carries out.

A field is taken from the text only where the text states it; a person's word goes before it.  Each field remembers
where it came from: "text", "supplied" or "inferred".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.edges import DATE_LINE, DAY, NUMBER_LINE
from corpus.models import Node
from corpus.numerals import parse_number
from corpus.references import DOCUMENT_NUMBER, normal_number

FIELDS = ("title", "region", "issuer", "doc_number", "date")
REGIONS = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
]
NATIONAL = re.compile(r"中华人民共和国|国务院|全国人民代表大会|最高人民法院|最高人民检察院|中共中央|^国家")
_ISSUER = re.compile(
    r"^(?P<issuer>[\u4e00-\u9fff、 ]{2,60}?"
    r"(?:人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|委员会|常务委员会|人民法院|人民检察院|[部局厅委院署会行]))"
    r"(?:[、 ]|关于|印发)"
)
_SIGNER = re.compile(
    r"[\u4e00-\u9fff（）() ]{2,40}(?:人民政府|办公厅|办公室|委员会|人民法院|人民检察院|[部局厅委院署会行])"
)
_DAY = re.compile(DAY + r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_DAY_PARTS = re.compile(r"(\S+?)\s?[年\-/.]\s?(\S+?)\s?[月\-/.]\s?([^日\s]+)\s?日?$")
_EFFECTIVE = re.compile(rf"(?:自|从)(?P<day>{DAY})起?(?:开始)?(?:施行|实施|执行|生效)")
_FROM_ISSUE = re.compile(r"自(?:公布|发布|印发|颁布|通过)之日起(?:施行|实施|执行|生效)")
_REPEALED = re.compile(rf"(?:有效期至|有效期截至|施行至|执行至|于)(?P<day>{DAY})(?:止|失效|废止|(?=[。，；]))")
_SIGNED = re.compile(rf"(?P<day>{DAY})[^。]{{0,60}}?(?:通过|审议通过|批准|签署)")
_ISSUED = re.compile(rf"(?P<day>{DAY})[^。]{{0,60}}?(?:公布|发布|印发|颁布)")
_CARRIES_OUT = re.compile(r"贯彻|落实|按照|根据|依据|印发")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a document and where each came from."""

    title: str
    region: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    date: str | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    implements: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


def iso_date(text: str) -> str | None:
    """A printed day as an ISO date: 2016年8月26日, 二〇一六年八月二十六日, 2016-8-26.

    >>> iso_date("二〇一六年八月二十六日")
    '2016-08-26'
    """
    found = _DAY_PARTS.match(text.strip("（）() "))
    if not found:
        return None
    parts = [parse_number(part) for part in found.groups()]
    year, month, day = (part or 0 for part in parts)
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{day:02}"


def read_metadata(
    text: str, nodes: tuple[Node, ...], name: str, supplied: Mapping[str, object], origins: Mapping[str, str]
) -> Metadata:
    """The metadata of a document.

    supplied: fields a person gave; origins: for those whose origin is not "supplied" (a catalog may say "inferred").
    """
    found: dict[str, str] = {}
    pieces = [(node.kind, text[node.start : node.end].strip("\n")) for node in nodes]
    title = "".join(piece for kind, piece in pieces if kind == "title")
    if title:
        found["title"] = title.strip("《》")
    numbers = [piece for kind, piece in pieces if kind == "number" and NUMBER_LINE.fullmatch(piece)]
    if numbers:
        found["doc_number"] = normal_number(numbers[0].strip("（）() "))
    dates = _dates(text, pieces)
    if issuer := _issuer(title, pieces):
        found["issuer"] = issuer
    origin = dict.fromkeys(found, "text")
    if "title" not in found:
        found["title"], origin["title"] = name, "inferred"
    for key in ("amended", "signed", "published", "effective"):
        if key in dates and "date" not in found:
            found["date"], origin["date"] = dates[key], "text"
    given = {key: str(value) for key, value in supplied.items() if key in FIELDS and value}
    found |= given
    origin |= {key: origins.get(key, "supplied") for key in given}
    if "region" not in found and (region := _region(found, pieces)):
        found["region"], origin["region"] = region, "inferred"
    implements = _implements(pieces)
    if implements:
        origin["implements"] = "text"
    return Metadata(
        found["title"],
        found.get("region"),
        found.get("issuer"),
        found.get("doc_number"),
        found.get("date"),
        dates,
        implements,
        origin,
    )


def _issuer(title: str, pieces: list[tuple[str, str]]) -> str | None:
    if found := _ISSUER.match(title):
        return found["issuer"]
    for kind, piece in pieces:
        if kind == "signature" and not DATE_LINE.fullmatch(piece) and _SIGNER.fullmatch(piece):
            return piece
    return None


def _dates(text: str, pieces: list[tuple[str, str]]) -> dict[str, str]:
    dates: dict[str, str] = {}

    def keep(key: str, day: str | None) -> None:
        if day and key not in dates:
            dates[key] = day

    for kind, piece in pieces:
        if kind == "note":
            for found in _SIGNED.finditer(piece):
                keep("signed", iso_date(found["day"]))
            for found in _ISSUED.finditer(piece):
                keep("published", iso_date(found["day"]))
            days = [day for found in _DAY.finditer(piece) if (day := iso_date(found[0]))]
            if days and (DATE_LINE.fullmatch(piece) or piece.startswith("——")):
                keep("signed", days[0])
            first = dates.get("signed") or dates.get("published")
            if first and days and max(days) > first and re.search("修正|修订", piece):
                keep("amended", max(days))
        elif kind == "signature" and DATE_LINE.fullmatch(piece):
            keep("signed", iso_date(piece))
        elif kind == "source" and (found_day := _DAY.search(piece)):
            keep("published", iso_date(found_day[0]))
    effective = list(_EFFECTIVE.finditer(text))
    if effective:
        keep("effective", iso_date(effective[-1]["day"]))
    elif _FROM_ISSUE.search(text) and ("published" in dates or "signed" in dates):
        keep("effective", dates.get("published") or dates["signed"])
    for found in _REPEALED.finditer(text[-600:]):
        keep("repealed", iso_date(found["day"]))
    return dates


def _region(found: Mapping[str, str], pieces: list[tuple[str, str]]) -> str | None:
    words = [found["title"], found.get("issuer", ""), *(p for kind, p in pieces if kind in ("source", "signature"))]
    for text in words:
        for region in REGIONS:
            if region in text:
                return region
    return "全国" if any(NATIONAL.search(text) for text in words) else None


def _implements(pieces: list[tuple[str, str]]) -> tuple[str, ...]:
    """The numbers of the documents that the opening paragraph says it carries out."""
    for kind, piece in pieces:
        if kind == "heading":
            break
        if kind == "clause":
            if not _CARRIES_OUT.search(piece):
                continue
            return tuple(
                dict.fromkeys(
                    normal_number(n[0])
                    for n in DOCUMENT_NUMBER.finditer(piece)
                    if piece[n.start() - 1 : n.start()] in "（("
                )
            )
    return ()
