"""The number at the start of a line: 第三十九条, 一、, （一）, 1., （1）, ①, 1.2 and their printed variants.

A mark found here is only a candidate; `outline` decides from the whole document whether it numbers anything.
"""

import re
from dataclasses import dataclass

from corpus.numerals import CHINESE, ENCLOSED, parse_number

# From the outermost to the innermost, as official documents use them unless the document itself shows otherwise.
STYLES = (
    "部分",
    "编",
    "分编",
    "篇",
    "章",
    "节",
    "条",
    "一、",
    "（一）",
    "1.",
    "1.1",
    "1.1.1",
    "1.1.1.1",
    "（1）",
    "1）",
    "①",
)
LAW_HEADINGS = frozenset(("部分", "编", "分编", "篇", "章", "节"))
ARTICLE = "条"

_LAW = re.compile(
    rf"第 ?([{CHINESE}]{{1,9}}|\d{{1,4}}) ?(部分|分编|编|篇|章|节|条)(?:之([{CHINESE}]{{1,3}})(?![{CHINESE}]))?"
)
_COMMA = re.compile(rf"([{CHINESE}]{{1,4}}) ?[、．.] ?")
_ROUND = re.compile(rf"[（(〔\[【﹝［] ?([{CHINESE}]{{1,4}}) ?[）)〕\]】﹞］][、．.]? ?")
_HALF_ROUND = re.compile(rf"([{CHINESE}]{{1,4}})[）)] ?")
_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.．、]? ?(?=[^\d\s.．、%％亿万千百倍个元吨年月])")
_ARABIC = re.compile(r"(\d{1,3}) ?[.．、] ?(?!\d)")
_ARABIC_ROUND = re.compile(r"[（(〔\[［] ?(\d{1,3}) ?[）)〕\]］][、．.]? ?")
_ARABIC_HALF = re.compile(r"(\d{1,3})[）)][、．.]? ?")
_SIGN = re.compile(f"([{''.join(ENCLOSED)}])[、．.]? ?")
# What follows a number that is cited rather than set: 第三十九条规定…, 第二章所称…, 第十条第二款
_CITED = re.compile(r"(?:第|规定|所|的|和|、|，|,|；|。|至|及|或|与|中|之|以外|以下|以上|[）)》”])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A candidate number: its style (one of `STYLES`), value, 之-number, and where the words after it begin."""

    style: str
    value: int
    sub: int  # 第一条之二 -> 2, else 0
    text: str
    end: int
    parents: tuple[int, ...] = ()  # 2.3.1 -> (2, 3)
    spaced: bool = False  # a blank stands between the number and the words
    cited: bool = False  # what follows reads as if the number were only mentioned: 第三条第二款…

    @property
    def number(self) -> str:
        """The number in an address: `39`, `1-1`."""
        return f"{self.value}-{self.sub}" if self.sub else str(self.value)


def find_mark(line: str) -> Mark | None:
    """The number a line of canonical text begins with, or None.

    >>> find_mark("（三）主要目标。").style, find_mark("第一条之一 为了").number
    ('（一）', '1-1')
    """
    if not line:
        return None
    if line[0] == "第":
        return _law_mark(line)
    if found := _SIGN.match(line):
        return _mark(_style_of_sign(found[1]), found)
    for style, pattern in (("一、", _COMMA), ("（一）", _ROUND), ("（一）", _HALF_ROUND), ("（1）", _ARABIC_ROUND)):
        if found := pattern.match(line):
            return _mark(style, found)
    if line[0].isdecimal():
        if found := _DECIMAL.match(line):
            numbers = tuple(int(n) for n in found[1].split("."))
            if 0 in numbers:
                return None
            style = "1" + ".1" * (len(numbers) - 1)
            return Mark(style, numbers[-1], 0, found[0].rstrip(), found.end(), numbers[:-1])
        if found := _ARABIC.match(line):
            return _mark("1.", found)
        if found := _ARABIC_HALF.match(line):
            return _mark("1）", found)
    return None


def _law_mark(line: str) -> Mark | None:
    found = _LAW.match(line)
    if not found or (value := parse_number(found[1])) is None:
        return None
    sub = parse_number(found[3]) or 0 if found[3] else 0
    end = found.end()
    spaced = line[end : end + 1] == " "
    rest = line[end:].lstrip(" ")
    cited = not spaced and bool(_CITED.match(rest))
    if cited and found[2] != ARTICLE:
        return None
    return Mark(found[2], value, sub, found[0], len(line) - len(rest), (), spaced, cited)


def _mark(style: str, found: re.Match[str]) -> Mark | None:
    value = parse_number(found[1])
    if not value:
        return None
    return Mark(style, value, 0, found[0].rstrip(), found.end())


def _style_of_sign(sign: str) -> str:
    code = ord(sign)
    if 0x3220 <= code <= 0x3229:
        return "（一）"
    if 0x2488 <= code <= 0x249B:
        return "1."
    return "（1）" if 0x2474 <= code <= 0x2487 else "①"
