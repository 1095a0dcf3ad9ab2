"""Mentions of other texts inside a clause: 《…》, 国办发〔2016〕11号, 第三十九条第二款, 前款, 二、（三）, 附件2.

A mention stays unresolved where it is unclear which text is meant.  Articles and clauses of the same document are
resolved here; titles and numbers of other documents by the library, which knows what it holds.  本方案 and 本法 alone
are no mentions: they say nothing that the clause's own document does not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from corpus.models import Reference
from corpus.numerals import CHINESE, parse_number
from corpus.parts import BEFORE

NAMES_LIMIT = 100  # short names of a document
_DIGITS = rf"(?:\d{{1,5}}|[{CHINESE}]{{1,6}})"
DOCUMENT_NUMBER = re.compile(
    r"(?:(?:[\u4e00-\u9fff]{1,8}[（(][\u4e00-\u9fff]{1,3}[）)])?[\u4e00-\u9fff]{1,10}"
    r"[〔\[【﹝［（(]\s?(?:19|20)\d{2}\s?[〕\]】﹞］）)]\s?(?:第\s?)?\d{1,5}\s?号"
    rf"|[\u4e00-\u9fff]{{2,24}}(?:令|公告)\s?(?:[〔\[（(]?(?:19|20)\d{{2}}年?[〕\]）)]?)?\s?第\s?{_DIGITS}\s?号"
    rf"|[\u4e00-\u9fff]{{2,24}}[府部委局署院厅会]\s?(?:(?:19|20)\d{{2}}年)?第\s?{_DIGITS}\s?号(?:令|公告))"
)
_NUMBER_SIGN = re.compile(rf"[\d{CHINESE}]\s?号")  # quick to look for
# What runs into the words of a number: 1988年11月3日原…, 贯彻落实国办发〔2016〕11号
_LEAD = re.compile(
    r"(?:.*(?:根据|按照|依据|依照|贯彻|落实|执行|以及|发布的|公布的|印发的|修订|的|[年月日]))?(?:原|和|及|与|见|经|由|以|、)*"
)
_TITLE = re.compile(r"《[^《》]{2,120}(?:《[^《》]{1,80}》[^《》]{0,40})*》")
_ARTICLE = re.compile(
    rf"第(?P<n>[{CHINESE}]{{1,9}}|\d{{1,4}})条(?:之(?P<sub>[{CHINESE}]{{1,3}})(?![{CHINESE}]))?"
    rf"(?:第[{CHINESE}\d]{{1,5}}款)?(?:第[（(]?[{CHINESE}\d]{{1,5}}[）)]?项)?"
)
_CLAUSE = re.compile(
    rf"(?<![{CHINESE}\d第（(])[{CHINESE}]{{1,3}}、[（(][{CHINESE}]{{1,3}}[）)](?:第?\d{{1,3}}(?:条|项|点|[.．](?!\d)))?"
)
_N = rf"[（(]?[{CHINESE}\d]{{1,5}}[）)]?"
_INNER = rf"(?:第{_N}款(?:第{_N}项)?|第{_N}项)(?:第{_N}目)?"
# 前款 but not 目前款项, 本条第二款 but not 本条例
_RELATIVE = re.compile(rf"(?<!目)(?:{BEFORE.pattern}(?![项目])|(?P<article>前条(?![款例项])|本条(?=第))(?:{_INNER})?)")
_GOES_ON = re.compile(rf"(?:、|，|和|及|或者?|以及|与|至|到)({_INNER})")
_LISTED = re.compile(rf"{_ARTICLE.pattern}(?:{_GOES_ON.pattern})*(?:、|，|和|及|或者?|以及|与|至|到)$")
_ALONE = re.compile(rf"(?<![条款之前后上{CHINESE}])第[{CHINESE}]{{1,3}}款(?:第{_N}项)?(?![项产])")
_ANNEX = re.compile(r"附[件表录] ?(?:\d{1,2}|[A-Z])?(?![\dA-Z])")
_FOREIGN = re.compile(r"(?:法|条例|办法|规定|规则|细则|解释|宪法|决定|章程)\s?$")


@dataclass(frozen=True, slots=True)
class Places:
    """What a document's own mentions can point at.

    articles: article number ("39", "1-1") -> clause id; before: the same for the article before it; outline: printed
    numbers below each other ("2.3") -> clause id; annexes: 附件2 -> clause id; names: the short names the document
    defines -> the title in full.
    """

    articles: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    outline: Mapping[str, str] = field(default_factory=dict)
    annexes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def find_references(text: str, places: Places, own: str | None = None) -> tuple[Reference, ...]:
    """The mentions in a clause's text, in order.

    own: the number of the article that the text is, or None where it is none.
    """
    found = sorted(_all(text, places, own), key=lambda r: (r.start, -r.end))
    kept: list[Reference] = []
    for reference in found:
        if not kept or reference.start >= kept[-1].end:
            kept.append(reference)
    return tuple(kept)


def _all(text: str, places: Places, own: str | None) -> Iterator[Reference]:
    for title in _TITLE.finditer(text):
        yield Reference("title", title[0], None, title.start(), title.end())
    yield from _short(text, places.names)
    for number in DOCUMENT_NUMBER.finditer(text) if _NUMBER_SIGN.search(text) else ():
        start = number.start()
        words = text[start : number.end()]
        code = re.match(r"[\u4e00-\u9fff（()）]+", words)
        lead = _LEAD.match(code[0]) if code else None
        start += lead.end() if lead and code and lead.end() < len(code[0]) else 0
        yield Reference("number", text[start : number.end()], None, start, number.end())
    for clause in _CLAUSE.finditer(text):
        if not _is_own_number(text, clause.start()):
            target = None if text[: clause.start()].endswith("》") else places.outline.get(_outline_key(clause[0]))
            yield Reference("clause", clause[0], target, clause.start(), clause.end())
    for annex in _ANNEX.finditer(text) if places.annexes else ():
        target = places.annexes.get(annex[0].replace(" ", ""))
        if target and not _is_own_number(text, annex.start()):
            yield Reference("clause", annex[0], target, annex.start(), annex.end())
    yield from _articles(text, places.articles)
    if own is not None:
        yield from _relative(text, places.articles.get(own), places.before.get(own))


def _short(text: str, names: Mapping[str, str]) -> Iterator[Reference]:
    """The short names of this document, where they stand without 《》 and are not being defined."""
    pattern = _any_of(tuple(name for name in names if _OF_A_TEXT.search(name)))
    for found in pattern.finditer(text) if pattern else ():
        before, after = text[max(0, found.start() - 90) : found.start()], text[found.end() : found.end() + 1]
        if not re.search(r"(?:称(?:为|：)?[“\u0022《]?|《[^》]*|本)$", before) and after not in ("》", "”"):
            yield Reference("title", found[0], None, found.start(), found.end())


@lru_cache(maxsize=64)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True)))) if names else None


def _outline_key(words: str) -> str:
    """二、（三）5. -> 2.3.5"""
    return ".".join(str(parse_number(each)) for each in re.findall(rf"[{CHINESE}]+|\d+", words))


def _articles(text: str, articles: Mapping[str, str]) -> Iterator[Reference]:
    own = True  # whether the last named law was this one
    last_end = -10
    for article in _ARTICLE.finditer(text):
        before = text[max(0, article.start() - 12) : article.start()]
        if _is_own_number(text, article.start()):
            last_end = article.end()
            continue  # the number of the clause itself
        if before.endswith("》"):
            own = False
        elif re.search(r"本(?:法|条例|办法|规定|细则|规则|决定|解释|意见|方案|通知|章程)$", before):
            own = True
        elif text[last_end : article.start()] in ("、", "和", "或者", "至", "到", "及", "或", "以及", "与"):
            pass  # the list goes on with the same law
        else:
            own = not _FOREIGN.search(before)
        if before.endswith("“"):
            own = False  # the wording of another text
        value = parse_number(article["n"])
        sub = parse_number(article["sub"]) if article["sub"] else None
        key = f"{value}-{sub}" if sub else str(value)
        target = articles.get(key) if own else None
        yield Reference("article", article[0], target, article.start(), article.end())
        last_end = article.end()
        if article[0][-1] in "款项目":
            for more in _going_on(text, article.end()):
                last_end = more.end(1)
                yield Reference("article", more[1], target, more.start(1), more.end(1))


def _relative(text: str, here: str | None, before: str | None) -> Iterator[Reference]:
    """前款, 前条, 本条第二款 and 第二款 alone; here: the id of the article around them, before: of the one before."""
    several = "\n" in text
    for found in _RELATIVE.finditer(text):
        own = here if several or found["article"] else None
        target = before if found["article"] == "前条" else own
        yield Reference("article", found[0], target, found.start(), found.end())
        if found[0][-1] in "款项目" and not BEFORE.fullmatch(found[0]):
            for more in _going_on(text, found.end()):
                yield Reference("article", more[1], target, more.start(1), more.end(1))
    for found in _ALONE.finditer(text) if several else ():
        yield Reference("article", found[0], here, found.start(), found.end())
        for more in _going_on(text, found.end()):
            yield Reference("article", more[1], here, more.start(1), more.end(1))


def _going_on(text: str, at: int) -> Iterator[re.Match[str]]:
    """What a list goes on with: 第二款、第三款, 第（一）项、第（四）项."""
    while more := _GOES_ON.match(text, at):
        yield more
        at = more.end()


def _is_own_number(text: str, at: int) -> bool:
    """Whether a number stands where a clause or one of its lines has its own."""
    return at == 0 or text[at - 1] == "\n"


def normal_number(number: str) -> str:
    """A document number with one kind of bracket and no blanks, for comparison: 国办发〔2016〕11号."""
    number = re.sub(r"\s|第(?=\d)", "", number)
    number = re.sub(r"[\[【﹝［（(](?=\d{4})", "〔", number)
    return re.sub(r"(?<=\d{4})[\]】﹞］）)]", "〕", number)


def title_key(title: str) -> str:
    """A title without marks, blanks and version, for comparison."""
    key = re.sub(r"[\s《》〈〉“”]", "", title)
    return re.sub(r"[（(](?:\d{4}年?(?:修订|修正|版)?|修订|修正|试行|暂行)[)）]$", "", key)


_SHORT_NAME = re.compile(
    r"(?P<title>《[^《》]{2,80}》)(?:[（(][^（）()]{0,40}[）)])?[（(]?(?:[^《》（）()，。；]{0,30}[，,；;、])?以下(?:统称|简称|称)(?:为|：)?"
    r"[\u201c\u0022《]?(?P<short>[^\u201c\u201d\u0022《》（）()，。、]{2,20})"
)
# Short names that are looked for without 《》: those that can only be a text's
_OF_A_TEXT = re.compile(
    r"(?:法|条例|办法|规定|规则|细则|解释|方案|意见|规划|纲要|计划|目录|标准|指南|通知|决定|公约|协定|章程)$"
)


def short_names(text: str) -> dict[str, str]:
    """The short names a document defines, with the title each stands for.

    >>> short_names("根据《中华人民共和国民办教育促进法》（以下简称民办教育促进法），制定本条例。")
    {'民办教育促进法': '《中华人民共和国民办教育促进法》'}
    """
    return {found["short"]: found["title"] for found in islice(_SHORT_NAME.finditer(text), NAMES_LIMIT)}


def resolution_key(text: str, reference: Reference, names: Mapping[str, str]) -> str | None:
    """What a library looks up to resolve a mention: a title's key, a number, or `title#article`; None for the rest.

    text: that of the clause; names: the short names its document defines.
    """
    if reference.kind == "title":
        return title_key(names.get(reference.text.strip("《》"), reference.text))
    if reference.kind == "number":
        return normal_number(reference.text)
    if reference.target:
        return None
    before = text[: reference.start]
    if reference.kind == "clause":
        title = re.search(r"《([^《》]{2,80})》$", before)
        return f"{title_key(names.get(title[1], title[1]))}#{_outline_key(reference.text)}" if title else None
    found = _ARTICLE.match(reference.text)
    if found is None:  # 、第三款 behind 第二条第一款
        listed = _LISTED.search(before)
        if listed is None:
            return None
        found, before = listed, before[: listed.start()]
    sub = f"-{parse_number(found['sub'])}" if found["sub"] else ""
    article = f"{parse_number(found['n'])}{sub}"
    if title := re.search(r"《([^《》]{2,80})》$", before):
        return f"{title_key(names.get(title[1], title[1]))}#{article}"
    short = next((name for name in sorted(names, key=len, reverse=True) if before.endswith(name)), None)
    return f"{title_key(names[short])}#{article}" if short else None
