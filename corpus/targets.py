"""Quantities that a clause promises: 主营业务收入430亿元, 年均增长率超过20%, 1-3个, 50个以上.

Only figures in Arabic digits with a unit count.  Days of the calendar, numbers of documents and a figure that merely
describes what is counted (产值超10亿元的企业5家: the 5, not the 10) are left out.
"""

import re
from collections.abc import Iterator

from corpus.models import Target

_NUMBER = r"\d+(?:[,，]\d{3})*(?:\.\d+)?"
_SCALE = r"(?:万亿|百亿|千亿|亿|千万|百万|十万|万|千|百)?"
_UNIT = (
    r"美元|欧元|港元|元|个百分点|百分点|平方公里|平方米|立方米|公里|千米|公顷|公斤|千克|千瓦时|千瓦|兆瓦|人次|人份|人|吨标准煤|吨|亩|米|升|克|个|家|户|项|件|种|类|名|位|张|所"
    r"|座|处|条|台|套|辆|架|艘|批|期|次|倍|篇|部|场|门|间|栋|支|株|头|只|羽|度|小时|分钟|％|%|‰|颗|片|粒|例|对|宗|起|床|岁|周岁|包|箱|瓶|盒|册|本"
)
_FIGURE = re.compile(
    rf"(?<![\d.A-Za-z〔\[（(第])(?P<value>{_NUMBER}(?:[％%]?\s?(?:-|—|－|–|~|～|至|到)\s?{_NUMBER})?)(?P<unit>\s?(?:{_SCALE}(?:{_UNIT})|万|亿|％|%))"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?年")
_SPLIT = re.compile(r"[，,。；;：:！？\n（）()]")
_BEFORE = (
    (re.compile(r"(?:不低于|不少于|不小于|不得低于|不得少于|至少|最低|达到或超过)(?:达到|为)?$"), ">="),
    (re.compile(r"(?:不超过|不高于|不大于|不多于|不得超过|不得高于|至多|最多|控制在|压减到|压缩到|降至|降低到|下降到)$"), "<="),
    (re.compile(r"(?:高于|超过|大于|多于|超|突破|超出|逾)$"), ">"),
    (re.compile(r"(?:低于|小于|少于)$"), "<"),
    (re.compile(r"(?:增长|提高|新增|增加|上升|提升|累计新增|年均增长|增幅|扩大|下降|降低|减少)$"), "+"),
)
_AFTER = (
    (re.compile(r"(?:及|或)?以上"), ">="),
    (re.compile(r"(?:及|或)?(?:以下|以内|之内)"), "<="),
)
_VERBS = re.compile(
    r"^(?:到期末|力争|努力|确保|争取|计划|预期|预计|全面|基本|累计|同时|其中|并|使|将|要|实现|取得|达到|新增|完成|建成|建设|培育|打造|形成|引进|新建|发展|扶持|支持|组建|创建|认定|拥有|有"
    r"|到|至|末|底|前|，|、|和)+"
)
_TAIL_VERBS = re.compile(r"(?:分别|总量|规模)?(?:达到|达|为|约|至|到|在|将|控制|保持|稳定|实现|有|共|左右|均|累计|力争|提高|增加|下降|降低|提升|增长|新增|减少|上升)+$")


def find_targets(text: str) -> tuple[Target, ...]:
    """The targets of a clause's text, in order."""
    return tuple(_targets(text))


def _targets(text: str) -> Iterator[Target]:
    subject_before: tuple[str, int] = ("", -1)
    for found in _FIGURE.finditer(text):
        if _is_not_a_target(text, found):
            continue
        segment = max((m.end() for m in _SPLIT.finditer(text, 0, found.start())), default=0)
        lead = text[segment : found.start()]
        comparison, words = _comparison(lead, text[found.end() : found.end() + 6])
        if re.search(r"-|—|－|–|~|～|至|到", found["value"]) and comparison in ("=", "+"):
            comparison = "range"
        subject, start = _subject(words, segment)
        if not subject:
            sentence = max(text.rfind("。", 0, found.start()), text.rfind("；", 0, found.start()))
            subject = subject_before[0] if subject_before[1] > sentence else ""
            start = segment + len(words)
        else:
            subject_before = (subject, found.start())
        if not subject:
            continue
        unit = found["unit"].strip().replace("％", "%")
        end = found.end()
        for pattern, sign in _AFTER:
            if sign == comparison and (after := pattern.match(text, end)):
                end = after.end()
        value = found["value"].replace("％", "").replace("%", "")
        yield Target(subject, comparison, value, unit, _year(text, found.start()), start, end)


def _is_not_a_target(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()], text[found.end() :]
    if re.match(r"(?:以上|以下|以内|及以上|左右)?的(?!速度|目标|增速|年均)", after) and _counts_something(after):
        return True
    if re.search(r"(?:第|令第|[〔\[（(]\d{0,4})$", before):
        return True
    unit = found["unit"].strip()
    if unit in ("条", "项", "类", "期", "号") and re.search(r"第\s?$", before):
        return True
    return bool(re.match(r"[〕\]]|号", after))


def _counts_something(after: str) -> bool:
    """Whether the figure stands in an attribute, with the counted thing's own figure later in the same segment."""
    segment = _SPLIT.split(after, maxsplit=1)[0]
    return bool(_FIGURE.search(segment)) or len(segment) > 1


def _comparison(lead: str, after: str) -> tuple[str, str]:
    """The sign of a figure and the words before it without those that say the sign."""
    for pattern, sign in _AFTER:
        if pattern.match(after):
            return sign, lead
    for pattern, sign in _BEFORE:
        if found := pattern.search(lead):
            return sign, lead[: found.start()]
    return "=", lead


def _subject(words: str, segment: int) -> tuple[str, int]:
    """What is counted, as a slice: (words, offset in the clause)."""
    start = 0
    years = list(_YEAR.finditer(words))
    if years:
        start = years[-1].end()
        if extra := re.match(r"(?:年?末|年?底|前|全年)", words[start:]):
            start += extra.end()
    if verbs := _VERBS.match(words[start:]):
        start += verbs.end()
    last = list(_FIGURE.finditer(words[start:]))
    if last and not words[start + last[-1].end() :].startswith("的"):
        start += last[-1].end()  # 5家、10家: what an earlier figure counts is not the subject of this one
        start += len(words[start:]) - len(words[start:].lstrip("、和及以上以下左右"))
    tail = _TAIL_VERBS.search(words, start)
    end = tail.start() if tail else len(words)
    subject = words[start:end].strip()
    if len(subject) < 2 or len(subject) > 40:
        return "", segment + start
    return subject, segment + words.index(subject, start)


def _year(text: str, at: int) -> str | None:
    """The year a figure is due: the last one named before it in its sentence, else in its clause."""
    sentence = max(text.rfind("。", 0, at), text.rfind("\n", 0, at)) + 1
    years = _YEAR.findall(text, sentence, at) or _YEAR.findall(text, 0, at)
    return years[-1] if years else None
