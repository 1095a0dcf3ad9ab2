"""Places in a document as people cite them: 第三十九条, 二、（三）, 第二部分第3条, 第13至15条,
国办发〔2016〕11号.

`find_locator` reads them out of a question; `clauses_at` finds the clauses of a document that stand
there.  A number such as 第13条 means the article where the document has articles, else the running
number (13.) that its clauses carry.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.marks import find_mark
from corpus.models import Clause
from corpus.numerals import CHINESE, parse_number

NUMBER = rf"(?:\d{{1,4}}|[{CHINESE}]{{1,7}})"
TO = r"\s*(?:条|款|项)?\s*(?:到|至|-|~|—|–|－)\s*第?\s*"
BRACKETED = rf"\(({NUMBER})\)"
DOCUMENT_NUMBER = re.compile(r"([㐀-鿿]{1,12})?[〔\[(（【﹝]((?:19|20)\d{2})[〕\])）】﹞]\s*第?\s*(\d{1,5})\s*号")
# 国办发2016年11号, 国办发2016-11号: typed without brackets after the letters of an agency.
TYPED_NUMBER = re.compile(r"([㐀-鿿]{1,11}[发函字令规])((?:19|20)\d{2})(?:\s*年|\s*-|\s)?\s*第?\s*(\d{1,4})\s*号")
ARTICLE = re.compile(
    rf"第?\s*({NUMBER})(?:{TO}({NUMBER}))?\s*条(?:之({NUMBER}))?(?:第?({NUMBER})款)?(?:第?\(?({NUMBER})\)?项)?"
)
# Words that stand before the letters of an agency and are none of them.
BEFORE_NUMBER = re.compile(
    "按照?|根据|依据|参照|引用|援引|提到|提及|落实|执行|贯彻|发布的?|印发的?|文件|请问|关于|查一下|查|哪些|哪个|什么|谁|[的了是和与对把被里]"
)
AGENCY = re.compile("[㐀-鿿]{0,4}?(?:[㐀-鿿]{0,3}(?:政办发|办发|政发|发改|办字|函|发|令|字|电|规|号))$")
CHAPTER = re.compile(rf"第\s*({NUMBER})\s*(编|章|节|部分)")
OUTLINE = re.compile(
    rf"(?<![{CHINESE}\d])(?:第?([{CHINESE}]{{1,3}})(?:、|部分|大项|大点|章)?\s*)?{BRACKETED}(?:{TO}(?:[{CHINESE}]{{1,3}}、?)?{BRACKETED})?"
    r"(?:\s*(?:第|,|，|、)?\s*(\d{1,3})(?:[.、条点项]|(?=[^\d])|$))?"
)
TOP_LEVEL = re.compile(rf"(?<![{CHINESE}第])([{CHINESE}]{{1,3}})、(?=[\s?？。]|$|部分|里|中|讲|是|说|的)")
RUNNING = re.compile(r"(?<!\d)(\d{1,3})[.．](?=[\s㐀-鿿?？]|$)")
STYLE_OF = {"部分": "一、", "编": "编", "章": "章", "节": "节"}


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a locator: the style of number as `corpus.marks` names it, and the first and last
    value.
    """

    style: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Locator:
    """A place named in a question: the words that name it and its levels, outermost first, or a document
    number.
    """

    text: str
    steps: tuple[Step, ...] = ()
    paragraph: int | None = None  # 第二款
    item: int | None = None  # 第（三）项
    document_number: str | None = None  # 国办发〔2016〕11号


def find_locators(text: str) -> tuple[Locator, ...]:
    """The places that a normalized question names, in order.

    >>> find_locators("广西方案第13条讲什么")[0].steps
    (Step(style='条', first=13, last=13),)
    """
    found = DOCUMENT_NUMBER.search(text) or TYPED_NUMBER.search(text)
    if found:
        return (Locator(_printed_number(found), document_number=_printed_number(found)),)
    outer = [
        Step(STYLE_OF[match[2]], value, value) for match in CHAPTER.finditer(text) if (value := parse_number(match[1]))
    ]
    articles = tuple(_article(match, outer) for match in ARTICLE.finditer(text) if _is_article(match))
    if articles:
        return articles
    if match := OUTLINE.search(text):
        return (_outline(match, outer),)
    if outer:
        match = CHAPTER.search(text)
        return (Locator(match.group() if match else "", tuple(outer)),)
    for pattern, style in ((TOP_LEVEL, "一、"), (RUNNING, "1.")):
        if (match := pattern.search(text)) and (value := parse_number(match[1])):
            return (Locator(match.group().strip(), (Step(style, value, value),)),)
    return ()


def _printed_number(found: re.Match[str]) -> str:
    agency = BEFORE_NUMBER.split(found[1] or "")[-1]
    code = AGENCY.search(agency)
    agency = code.group() if code else agency
    return f"{agency}〔{found[2]}〕{found[3]}号"


def _is_article(match: re.Match[str]) -> bool:
    """第13条, 十三条 and 13条 are places; 13条措施 or 几条 after a count word are not."""
    if match.group().lstrip().startswith("第"):
        return True
    after = match.string[match.end() :]
    return match.start() > 0 and re.match(r"(?:怎么|是|讲|说|规定|写|内容|的内容|呢|[?？]|$)", after) is not None


def _article(match: re.Match[str], outer: list[Step]) -> Locator:
    first = parse_number(match[1]) or 0
    last = parse_number(match[2]) or first if match[2] else first
    sub = parse_number(match[3]) if match[3] else None
    steps = (*outer, Step(f"条之{sub}" if sub else "条", min(first, last), max(first, last)))
    return Locator(
        match.group().strip(),
        steps,
        parse_number(match[4]) if match[4] else None,
        parse_number(match[5]) if match[5] else None,
    )


def _outline(match: re.Match[str], outer: list[Step]) -> Locator:
    steps = list(outer)
    if match[1] and (top := parse_number(match[1])):
        steps = [Step("一、", top, top)]
    first = parse_number(match[2]) or 0
    last = parse_number(match[3]) or first if match[3] else first
    style = "（1）" if match[2].isdecimal() else "（一）"
    steps.append(Step(style, min(first, last), max(first, last)))
    if match[4]:
        steps.append(Step("1.", int(match[4]), int(match[4])))
    return Locator(match.group().strip(" ,，"), tuple(steps))


def marks_of(clause: Clause) -> tuple[tuple[str, int, int], ...]:
    """The numbers that a clause carries with its ancestors: (style, value, 之-number), outermost first."""
    marks = [find_mark(heading) for heading in clause.path]
    own = find_mark(clause.text)
    if own and all(mark is None or (mark.style, mark.value) != (own.style, own.value) for mark in marks):
        marks.append(own)
    return tuple((mark.style, mark.value, mark.sub) for mark in marks if mark)


def clauses_at(locator: Locator, clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses of one document that stand at `locator`, in order."""
    marked = [(clause, marks_of(clause)) for clause in clauses]
    for steps in _readings(locator.steps):
        found = [clause for clause, marks in marked if _stands_at(marks, steps)]
        if found:
            return found
    return []


def _readings(steps: Sequence[Step]) -> list[tuple[Step, ...]]:
    """What a locator can mean, best first: 第13条 is an article, else the running number 13., else
    （十三）.
    """
    readings: list[tuple[Step, ...]] = [tuple(steps)]
    last = steps[-1] if steps else None
    if last and last.style == "条":
        for style in ("1.", "（一）"):
            readings.append((*steps[:-1], Step(style, last.first, last.last)))
        if len(steps) == 1 and last.first == last.last:
            readings.append((Step("一、", last.first, last.last),))
    if last and last.style == "节" and len(steps) > 1:
        readings.append((*steps[:-1], Step("（一）", last.first, last.last)))  # 第二部分第三节 of a plan: 二、（三）
    if steps and steps[0].style in ("一、", "章"):
        other = "章" if steps[0].style == "一、" else "一、"
        readings.append((Step(other, steps[0].first, steps[0].last), *steps[1:]))
    return readings


def _stands_at(marks: Sequence[tuple[str, int, int]], steps: Sequence[Step]) -> bool:
    """True where the steps occur among the marks in this order."""
    at = 0
    for step in steps:
        style, _, sub = step.style.partition("之")
        while at < len(marks) and not (
            marks[at][0] == style and step.first <= marks[at][1] <= step.last and (not sub or marks[at][2] == int(sub))
        ):
            at += 1
        if at == len(marks):
            return False
        at += 1
    return True
