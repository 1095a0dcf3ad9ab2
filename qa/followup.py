"""A question that leans on the one before it: 那广西呢 after a question about 山西 keeps the topic and
changes the region.

Stateless: the caller sends the previous question.  A question that stands on its own is left as it is.
"""

import re

from index.tokens import normalize
from qa.departments import find_departments
from qa.locators import find_locators
from qa.question import EMPTY_WORDS, YEAR
from qa.regions import find_regions

LEANS = re.compile("^(?:那么?|还有|另外|再问|换成?|如果是?|要是|同样的?|那要是)[，,\\s]*")
ENDS = re.compile("(?:呢|又如何|又怎样|又怎么样|怎么样|如何|的话|又是多少|有吗|也一样吗|也有吗)?[？?。!！\\s]*$")
POINTS = re.compile("^(?:它|其|这个?|那个?|该|上述|这里|里面|具体|那边)")


def resolve(text: str, previous: str | None) -> str:
    """The full question meant by `text` after `previous`; `text` itself where it stands on its own.

    >>> resolve("那广西呢", "山西的主营业务收入目标是多少")
    '广西的主营业务收入目标是多少'
    >>> resolve("谁牵头？", "广西怎么推动智能工厂建设")
    '广西智能工厂建设 谁牵头?'
    """
    if not previous or not previous.strip():
        return text
    asked, before = normalize(text), normalize(previous)
    core = ENDS.sub("", LEANS.sub("", asked))
    replaced = _replaced(core, before)
    if replaced is not None:
        return replaced
    leans = LEANS.match(asked) or POINTS.match(asked) or len(EMPTY_WORDS.sub("", asked)) <= 4
    if leans and not find_regions(asked) and not find_locators(asked):
        return f"{_topic(before)} {LEANS.sub('', asked)}".strip()
    if LEANS.match(asked) and find_regions(asked):
        kept = _without(_topic(before), [(m.start, m.end) for m in find_regions(_topic(before))])
        return f"{core} {kept}".strip()
    return text


def _replaced(core: str, before: str) -> str | None:
    """The previous question with its region, year or department changed, where `core` is nothing but a new
    one.
    """
    for find in (_region_spans, _year_spans, _department_spans):
        new = find(core)
        if len(new) >= 1 and not EMPTY_WORDS.sub("", _without(core, new)).strip("市省区年 的"):
            old = find(before)
            words = core.strip("的 ")
            if not old:
                return f"{words} {before}"
            start, end = old[0]
            rest = before[end:]
            later = [(a - end, b - end) for a, b in old[1:]]
            if find is _region_spans and later:
                rest = re.sub(r"^\s*(?:和|与|跟|、|,|，)", "", _without(rest, later))
            return before[:start] + words + rest
    return None


def _region_spans(text: str) -> list[tuple[int, int]]:
    return [(mention.start, mention.end) for mention in find_regions(text)]


def _year_spans(text: str) -> list[tuple[int, int]]:
    return [
        (match.start(), match.end() + (text[match.end() : match.end() + 1] == "年")) for match in YEAR.finditer(text)
    ]


def _department_spans(text: str) -> list[tuple[int, int]]:
    return [(start, end) for _, start, end in find_departments(text)]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    return "".join(character for at, character in enumerate(text) if not any(start <= at < end for start, end in spans))


ASKING = re.compile(
    "请问|怎么|如何|怎样|什么时候|多少|哪些|哪个|什么|有没有|是否|能不能|推动|谁|牵头|负责|吗|呢|要达到|是|的?目标|[？?。]"
)


def _topic(before: str) -> str:
    """The previous question without the words that ask."""
    return re.sub(r"\s+", "", ASKING.sub("", before))
