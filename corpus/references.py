"""Mentions of other texts inside a clause: 《…》, 国办发〔2016〕11号, 第三十九条第二款, 二、（三）.

A mention stays unresolved where it is unclear which text is meant.  Articles of the same document are resolved here;
titles and numbers of other documents by the library, which knows what it holds.
"""

import re
from collections.abc import Iterator, Mapping

from corpus.models import Reference
from corpus.numerals import CHINESE, parse_number

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
_FOREIGN = re.compile(r"(?:法|条例|办法|规定|规则|细则|解释|宪法|决定|章程)\s?$")


def find_references(text: str, addresses: Mapping[str, str]) -> tuple[Reference, ...]:
    """The mentions in a clause's text, in order.

    addresses: article number ("39", "1-1") -> clause id, for the articles of this document.
    """
    found = sorted(_all(text, addresses), key=lambda r: (r.start, -r.end))
    kept: list[Reference] = []
    for reference in found:
        if not kept or reference.start >= kept[-1].end:
            kept.append(reference)
    return tuple(kept)


def _all(text: str, addresses: Mapping[str, str]) -> Iterator[Reference]:
    for title in _TITLE.finditer(text):
        yield Reference("title", title[0], None, title.start(), title.end())
    for number in DOCUMENT_NUMBER.finditer(text) if _NUMBER_SIGN.search(text) else ():
        start = number.start()
        words = text[start : number.end()]
        code = re.match(r"[\u4e00-\u9fff（()）]+", words)
        lead = _LEAD.match(code[0]) if code else None
        start += lead.end() if lead and code and lead.end() < len(code[0]) else 0
        yield Reference("number", text[start : number.end()], None, start, number.end())
    for clause in _CLAUSE.finditer(text):
        if not _is_own_number(text, clause.start()):
            yield Reference("clause", clause[0], None, clause.start(), clause.end())
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
        last_end = article.end()
        value = parse_number(article["n"])
        sub = parse_number(article["sub"]) if article["sub"] else None
        key = f"{value}-{sub}" if sub else str(value)
        yield Reference("article", article[0], addresses.get(key) if own else None, article.start(), article.end())


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
    r"(?P<title>《[^《》]{2,80}》)(?:[（(][^（）()]{0,30}[）)])?[（(]?以下(?:统称|简称|称)(?:为|：)?"
    r"[\u201c\u0022《]?(?P<short>[^\u201c\u201d\u0022《》（）()，。、]{2,20})"
)


def short_names(text: str) -> dict[str, str]:
    """The short names a document defines, with the title each stands for.

    >>> short_names("根据《中华人民共和国民办教育促进法》（以下简称民办教育促进法），制定本条例。")
    {'民办教育促进法': '《中华人民共和国民办教育促进法》'}
    """
    return {found["short"]: found["title"] for found in _SHORT_NAME.finditer(text)}


def resolution_key(text: str, reference: Reference, names: Mapping[str, str]) -> str | None:
    """What a library looks up to resolve a mention: a title's key, a number, or `title#article`; None for the rest.

    text: that of the clause; names: the short names its document defines.
    """
    if reference.kind == "title":
        return title_key(reference.text)
    if reference.kind == "number":
        return normal_number(reference.text)
    if reference.kind != "article" or reference.target:
        return None
    before = text[: reference.start]
    found = _ARTICLE.match(reference.text)
    if found is None:
        return None
    sub = f"-{parse_number(found['sub'])}" if found["sub"] else ""
    article = f"{parse_number(found['n'])}{sub}"
    if title := re.search(r"《([^《》]{2,80})》$", before):
        return f"{title_key(title[1])}#{article}"
    short = next((name for name in sorted(names, key=len, reverse=True) if before.endswith(name)), None)
    return f"{title_key(names[short])}#{article}" if short else None
