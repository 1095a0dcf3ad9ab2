"""A question that leans on the one before it: 那广西呢 after a question about 山西 keeps the topic and
changes the region; 那药品价格呢 asks the same of something else.

Stateless: the caller sends the previous question.  A question that stands on its own is left as it is.
"""

import re

from index.tokens import normalize
from qa.departments import find_departments
from qa.duties import DUTY_WORDS
from qa.locators import find_locators
from qa.question import EMPTY_WORDS, YEAR
from qa.regions import find_regions

LEANS = re.compile("^(?:那么?|还有|另外|再问|换成?|如果是?|要是|同样的?|那要是)[，,\\s]*")
ENDS = re.compile("(?:呢|又如何|又怎样|又怎么样|怎么样|如何|的话|又是多少|有吗|也一样吗|也有吗)?[？?。!！\\s]*$")
ADDS_NOTHING = re.compile("(?:[市省区年的\\s]|大地|[这那]?边|方面)*")
TOO = re.compile("呢[？?。!！\\s]*$")
POINTS = re.compile("^(?:它|其|这个?|那个?|该|上述|这里|里面|具体|那边)")


def resolve(text: str, previous: str | None) -> str:
    """The full question meant by `text` after `previous`; `text` itself where it stands on its own.

    >>> resolve("那广西呢", "山西的主营业务收入目标是多少")
    '广西的主营业务收入目标是多少'
    >>> resolve("谁牵头？", "广西怎么推动智能工厂建设")
    '广西智能工厂建设 谁牵头?'
    >>> resolve("那二（四）呢", "山西方案二（三）")
    '山西方案二(四)'
    >>> resolve("那药品价格呢", "山西药品采购由谁负责")
    '山西药品价格由谁负责'
    """
    if not previous or not previous.strip():
        return text
    asked, before = normalize(text), normalize(previous)
    core = ENDS.sub("", LEANS.sub("", asked))
    replaced = _replaced(core, before)
    if replaced is not None:
        return replaced
    if (LEANS.match(asked) or TOO.search(asked)) and (same := _same_asked(core, before)) is not None:
        return same
    leans = LEANS.match(asked) or POINTS.match(asked) or _only_asks(asked)
    if leans and not find_regions(asked) and not find_locators(asked):
        return f"{_topic(before)} {LEANS.sub('', asked)}".strip()
    if LEANS.match(asked) and find_regions(asked):
        kept = _without(_topic(before), [(m.start, m.end) for m in find_regions(_topic(before))])
        return f"{core} {kept}".strip()
    return text


def _only_asks(asked: str) -> bool:
    """True where a question names nothing to look for: 谁牵头, 由哪个部门负责, 多少钱."""
    left = EMPTY_WORDS.sub("", asked)
    return len(left) <= 4 or len(DUTY_WORDS.sub("", left)) <= 1


def _same_asked(core: str, before: str) -> str | None:
    """The same asked of something else: the region of the previous question, the new topic, and how the previous
    one asks; None where `core` asks itself or the previous question does not end with what it asks.
    """
    how = HOW.search(before)
    if not how or ASKING.search(core) or POINTS.match(core) or not EMPTY_WORDS.sub("", core):
        return None
    own = find_regions(core) or find_locators(core)
    regions = "" if own else "".join(before[start:end] for start, end in _region_spans(before))
    return f"{regions}{core}{how.group()}"


def _replaced(core: str, before: str) -> str | None:
    """The previous question with its region, year or department changed, where `core` is nothing but a new
    one.
    """
    for find in (_region_spans, _year_spans, _department_spans, _locator_spans):
        new = find(core)
        if len(new) >= 1 and ADDS_NOTHING.fullmatch(EMPTY_WORDS.sub("", _without(core, new))):
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


def _locator_spans(text: str) -> list[tuple[int, int]]:
    found = [(text.find(locator.text), len(locator.text)) for locator in find_locators(text)]
    return [(start, start + length) for start, length in found if start >= 0]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    return "".join(character for at, character in enumerate(text) if not any(start <= at < end for start, end in spans))


# How a question asks, at its end: 由谁负责, 怎么支持, 有哪些要求, 补多少钱.
HOW = re.compile(
    "(?:[由归]?(?:谁|哪个部门|哪些部门|什么部门|哪个单位|哪些单位)|怎么|如何|怎样|有什么|有哪些|有多少|[要补奖]?多少).{0,8}$"
)
ASKING = re.compile(
    "请问|怎么|如何|怎样|什么时候|多少|哪些|哪个|什么|有没有|是否|能不能|推动|谁|牵头|负责|吗|呢|要达到|是|的?目标|[？?。]"
)


def _topic(before: str) -> str:
    """The previous question without the words that ask."""
    return re.sub(r"\s+", "", ASKING.sub("", before))
