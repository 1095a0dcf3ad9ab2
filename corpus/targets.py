"""Quantities that a clause promises: 主营业务收入430亿元, 年均增长率超过20%, 1-3个, 50个以上.

A number is a target only where the words around it promise something: a year to come (到2020年), a word of aim (力争,
确保), a bound on a growth or a level (增长8%左右, 控制在4.5%以内), or something to be built and counted (新建20所).
Fines and time limits of a law, sums granted, what was reached in the past, numbers of documents and articles, and a
number that only describes what is counted (产值超10亿元的企业5家: the 5, not the 10) are left out.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.models import Target
from corpus.numerals import CHINESE, parse_number

_ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
_PER_CENT = rf"百分之[{CHINESE}]{{1,5}}(?:点[{CHINESE}]{{1,3}})?"
# Ten and more in Chinese; 一个, 两家, 三大 are words rather than figures
_TEN = f"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九][百千万][{CHINESE}]{{0,6}})"
_SCALE = "(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?"
_UNITS = (
    "个百分点|百分点|％|%|‰|美元|欧元|港元|元|吨标准煤|标准煤|吨|公斤|千克|克|公里|千米|平方公里|平方千米|平方米|立方米"
    "|米|亩|公顷|千瓦时|千瓦|兆瓦|吉瓦|度(?!电)|标准箱|标箱|人次|人份|人|户次|户|个(?!月|工作日|百分|别|人)|家|种|项|件|名"
    "|所|座|套|台|辆|条|处|支|张|床|位(?!数)|周?岁|倍|批|场|篇|部(?!门|署|分|级|委)|片|块|艘|架|对|门|期|间|栋|幢|只|头|株|匹"
    "|微克|毫克|升|颗|粒|例|盒|瓶|村|宗|起|次(?!会议|全会|代表)|分钟"
)
_UNIT = rf"(?:{_SCALE}(?:{_UNITS})(?:/[一-鿿A-Za-z0-9]{{1,4}})?|万亿|亿|万)"
_DASH = "[-—－–~～至到]"
QUANTITY = re.compile(
    rf"(?<![\dA-Za-zα-ω.,第〔\[【/{CHINESE}-])(?P<value>{_ARABIC}|{_TEN})"
    rf"(?:(?: ?{_UNIT})? ?{_DASH} ?(?P<high>{_ARABIC}))? ?(?P<unit>{_UNIT})"
    rf"|(?P<percent>{_PER_CENT})(?:{_DASH}(?P<percent_high>{_PER_CENT}))?"
)
AFTER_BOUND = re.compile(r"(?:\(含\)|（含）)?(?P<word>及?以上|及?以下|及?以内|之内|左右|上下|内(?!容|部|外))")
BEFORE_BOUND = re.compile(
    r"(?P<word>不得?低于|不得?少于|不小于|不得?超过|不得?高于|不大于|不多于|至少|至多|最多|超过|突破|高于|大于|多于"
    r"|超出|超|逾|低于|少于|小于|控制在|压减到|压缩到)(?:到|达到|达|为)? ?$"
)
SIGNS = {
    ">=": ("不低于", "不得低于", "不少于", "不得少于", "不小于", "至少", "以上", "及以上"),
    "<=": ("不超过", "不得超过", "不高于", "不得高于", "不大于", "不多于", "至多", "最多"),
    ">": ("超过", "突破", "高于", "大于", "多于", "超出", "超", "逾"),
    "<": ("低于", "少于", "小于"),
}
SIGN_OF = {word: sign for sign, words in SIGNS.items() for word in words}
SIGN_OF |= dict.fromkeys(("以下", "及以下", "以内", "及以内", "之内", "内"), "<=")
CEILINGS = frozenset(("控制在", "压减到", "压缩到"))

SENTENCE = re.compile(r"[。！？!?\n]")
CUT = re.compile(r"[，；;：:。！？!?\n（()）]|,(?!\d{3}(?!\d))")
YEAR = re.compile(r"(?<![\d比较])(?P<year>20\d\d) ?年")
DUE = re.compile(r"到(?P<to>20\d\d)(?: ?年|(?=[末底]))|(?<!\d)(?P<year>20\d\d) ?年(?:末|年?底|年终)?(?:之?以?前|末|底)")
AIM = re.compile(
    r"力争|争取(?!国家|上级)|(?:预期|主要|发展|奋斗|总体|具体|工作)(?:性)?目标|目标[是为：:]|确保|规划期末|期末|努力实现"
    r"|将达到|计划(?:新增|新建|建成|完成|实施|培育|引进|投资)|十[一二三四五六七]五”?末"
)
# What was reached, not promised
PAST = re.compile(
    r"已(?!批准|上市|有的)|了(?=[\d一-鿿])|同比|[比较](?:上年|去年|20\d\d ?年(?![末底]))|上年|去年|以来|累计|先后|截至"
    r"|截止|过去|年来"
)
REPORTS = re.compile(r"再创|圆满|成功|荣获|全年完成|达到|创历史|新高|竣工|获评|跻身|跃居|入选|取得")
# A rule of law, not a plan
RULE = re.compile(
    r"罚款|处以|违法所得|应当|不得(?!低于|少于|超过|高于)|有期徒刑|当事人|规定的|之日起|本条例|本法|本办法|本规定|责令"
)
ARTICLE = re.compile(rf"第[{CHINESE}\d]{{1,9}}条")
GRANT = re.compile(r"给予|奖励|补助|补贴|奖补|资助|罚|收取|缴纳|注册资本|救助|一次性")
RATE = re.compile(
    r"增长|增速|增幅|下降|降低|提高|提升|减少|比重|占比|率|达到|控制在|保持在|稳定在|面积|收入|总值|总量|规模|寿命|排放"
)
_VERBS = (
    "新增|新建|改造|建成|建设|培育|引进|打造|创建|完成|实现|发展|培养|培训|扶持|推广|组建|开工|认定|选派|建立|开展|举办|实施"
    "|争创|治理|建(?![立议筑])"
)
BUILD = re.compile(rf"(?:20\d\d ?年(?:末|年?底|前)*)?(?:全[年省市区县])?(?:{_VERBS})")
DESCRIBES = re.compile(r" ?(?:及?以上|以下|左右|以内)?的(?!速度|增速|幅度|目标|水平|比例|比重|年均|增长)|级(?!别)")
CHANGE_FROM = re.compile(r"(?:由|从)[^，,；;。]{0,14}$")
CHANGE_TO = re.compile(r"[^，,；;。]{0,8}?(?:增加|提高|提升|增长|上升|扩大|下降|降低|降|减少|压减|缩小|发展|升)?[到至]")
# Before the subject: when, how hard, and the verb that brings it about (建设 but not 建设用地面积)
LEAD = re.compile(
    r"(?:[、和及与并且 ，,]|[到至在]?20\d\d ?年?(?:末|年?底|前|之前|以前|全年)*|20\d\d ?年?[-—－–~～至]20\d\d ?年"
    r"|期末|其中|力争|争取|努力|确保|预期|预计|计划|每年|要(?!素)|将|使(?!用)|全面|基本(?!医|养|药|公)|累计|总共|共(?!同|享|有)|主要"
    r"|(?:实现|取得|达到|完成|建成|建设|新建|改造|培育|引进|打造|创建|形成|推动|推进|发展|培养|培训|扶持|支持|组建|组织|实施|开展|举办|认定"
    r"|选派|开工|安排|投入|推广|建(?=[一-鿿]))(?!率|面积|规模|强度|用地|人数|资金|占|经费|投资|中国家|设|立|筑|议))+"
)
# Between the subject and the number
LINK = re.compile(
    r"(?:达到或超过|(?:增加|增长|提高|提升|扩大|上升|下降|降低|减少|压减|压缩|缩小|降|升|增)[到至]|达到|控制在|保持在|稳定在"
    r"|维持在|达|为|是|有|约|近|到|至|在|完成|实现|分别|各|以|力争|左右|再|保持|合计|总数|预期|预计)+ ?$"
)
BARE_RATE = re.compile(
    r"(?:年均|同比|年均复合|平均|每年|年|均)*(?:增长率|增长速度|增长|增速|增幅|递增|下降|降低|占比)(?:速度|率)?$"
)
NOUN = re.compile(r"[^，,；;。、：:（()）\n]{2,30}")
GOES_ON = re.compile(r"[、和及与 ]{1,2}$")
SUBJECT_LIMIT = 40
SEGMENT_LIMIT = 400  # characters without a comma around a number in which its subject is looked for


@dataclass(frozen=True, slots=True)
class _Quantity:
    start: int
    end: int  # behind 以上 or 左右
    value: str
    unit: str
    bound: str  # the word behind the number, or ""


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str  # of the whole clause
    start: int
    end: int
    strict: bool  # only a year to come or a word of aim makes a promise
    due: str | None  # the year that an earlier sentence set


def find_targets(text: str) -> tuple[Target, ...]:
    """The targets of a clause, in the order printed; each span runs from the subject to the number.

    >>> found = find_targets("到2020年，实现收入430亿元，年均增长超过20%。")
    >>> [(t.subject, t.comparison, t.value, t.unit, t.year) for t in found]
    [('收入', '=', '430', '亿元', '2020'), ('收入年均增长', '>', '20', '%', '2020')]
    """
    found: list[Target] = []
    due: str | None = None
    strict = bool(ARTICLE.match(text))
    if strict and not AIM.search(text) and not DUE.search(text):
        return ()
    start = 0
    for stop in [*(match.end() for match in SENTENCE.finditer(text)), len(text)]:
        quantities = [] if RULE.search(text, start, stop) else _quantities(text, start, stop)
        if quantities:
            found += _of_sentence(_Sentence(text, start, stop, strict, due), quantities)
        for match in () if PAST.search(text, start, stop) else DUE.finditer(text, start, stop):
            due = match["to"] or match["year"]
        start = stop
    return tuple(found)


def _quantities(text: str, start: int, end: int) -> list[_Quantity]:
    found: list[_Quantity] = []
    for match in QUANTITY.finditer(text, start, end):
        names = ("percent", "percent_high") if match["percent"] else ("value", "high")
        values = [_digits(match[name]) for name in names if match[name]]
        if not all(values) or text.startswith(("年", "号"), match.end()):
            continue
        after = AFTER_BOUND.match(text, match.end())
        unit = "%" if match["percent"] else match["unit"].replace("％", "%")
        stop = after.end() if after else match.end()
        found.append(_Quantity(match.start(), stop, "-".join(values), unit, after["word"] if after else ""))
    return found


def _digits(printed: str) -> str:
    """430 -> 430, 二十 -> 20, 百分之一点五 -> 1.5; "" where it is no number."""
    if printed[0].isdecimal():
        return printed
    whole, _, part = printed.removeprefix("百分之").partition("点")
    value = parse_number(whole)
    if value is None:
        return ""
    return f"{value}.{''.join(str(parse_number(char)) for char in part)}" if part else str(value)


def _of_sentence(sentence: _Sentence, quantities: Sequence[_Quantity]) -> Iterator[Target]:
    text, start = sentence.text, sentence.start
    words = text[start : sentence.end]
    framed = bool(AIM.search(words) or DUE.search(words))
    framed = framed or sentence.due is not None
    if not framed and PAST.search(words):
        return
    last: Target | None = None
    cuts = [(match.start(), match.end()) for match in CUT.finditer(text, start, sentence.end)]
    cut_ends = [end for _, end in cuts]
    years = [(match.end(), match["year"]) for match in YEAR.finditer(text, start, sentence.end)]
    for row, quantity in enumerate(quantities):
        at = bisect_right(cut_ends, quantity.start)
        comma = text[quantity.start - 1 : quantity.start] == ","  # before 100家 it is no part of a number
        segment = quantity.start if comma else cut_ends[at - 1] if at else start
        segment = max(segment, quantity.start - SEGMENT_LIMIT)
        after = bisect_left(cuts, (quantity.end, 0))
        limit = min(cuts[after][0] if after < len(cuts) else sentence.end, quantity.end + SEGMENT_LIMIT)
        if _describes(text, quantity, limit) or GRANT.search(text[segment:limit]):
            continue
        if CHANGE_FROM.search(text[segment : quantity.start]) and CHANGE_TO.match(text[quantity.end : limit]):
            continue
        sign, lead_end = _sign(text, segment, quantity)
        if not framed and (sentence.strict or not _promises(sentence, text[segment:limit], quantity, sign)):
            continue
        before = quantities[row - 1] if row else None
        if last and before and last.end == before.end and GOES_ON.fullmatch(text[before.end : quantity.start]):
            subject, begin, end = last.subject, quantity.start, quantity.end  # 分别超过5%、6%
            sign = last.comparison if sign == "=" and last.comparison != "range" else sign
        else:
            behind = max(segment, last.end if last else 0)  # 收入430亿元、利润50亿元
            subject, begin, end = _subject(text, behind, lead_end, quantity, limit)
            if last and BARE_RATE.match(subject):
                subject = subject if last.subject.endswith(subject) else _without_rate(last.subject) + subject
        if 2 <= len(subject) <= SUBJECT_LIMIT and not subject.endswith("的"):
            named = bisect_right(years, (quantity.start, "9"))
            year = years[named - 1][1] if named else sentence.due
            last = Target(subject, sign, quantity.value, quantity.unit, year, begin, end)
            yield last


def _promises(sentence: _Sentence, segment: str, quantity: _Quantity, sign: str) -> bool:
    """Without a year or a word of aim: a bound on a level or a growth, or a count of what is to be built."""
    bounded = sign != "=" or quantity.bound in ("左右", "上下")
    if bounded and RATE.search(segment):
        return True
    built = BUILD.match(segment.lstrip(" ")) and not quantity.unit.endswith("%")
    return bool(built and not PAST.search(sentence.text) and not REPORTS.search(sentence.text))


def _describes(text: str, quantity: _Quantity, limit: int) -> bool:
    """Whether the number is an attribute of what another number counts: 产值超10亿元的企业5家, 亿元以上项目3个."""
    rest = text[quantity.end : limit]
    if DESCRIBES.match(rest):
        return True
    bounds = quantity.bound.endswith(("以上", "以下")) and rest[:1] not in ("、", "和", "及")
    return bounds and QUANTITY.search(rest) is not None


def _sign(text: str, segment: int, quantity: _Quantity) -> tuple[str, int]:
    """The comparison, and where the words before the number end that do not say it."""
    before = BEFORE_BOUND.search(text[segment : quantity.start])
    lead_end = segment + before.start() if before else quantity.start
    word = before["word"] if before else ""
    if "-" in quantity.value:
        return "range", lead_end
    if word in CEILINGS:
        return ("=" if quantity.bound in ("左右", "上下") else SIGN_OF.get(quantity.bound, "<=")), lead_end
    return SIGN_OF.get(word) or SIGN_OF.get(quantity.bound, "="), lead_end


def _subject(text: str, begin: int, lead_end: int, quantity: _Quantity, limit: int) -> tuple[str, int, int]:
    """What is counted, where the target begins and where it ends: the noun before the number, else behind it."""
    if lead := LEAD.match(text, begin, lead_end):
        begin = lead.end()
    words = text[begin:lead_end]
    if link := LINK.search(words):
        words = words[: link.start()]
    words = CHANGE_FROM.sub("", words).strip(" 、")
    if len(words) >= 2:
        return words, text.index(words, begin), quantity.end
    if noun := NOUN.match(text[quantity.end : limit].lstrip(" ")):
        counted = noun[0].strip()
        return counted, quantity.start, text.index(counted, quantity.end) + len(counted)
    return "", quantity.start, quantity.end


def _without_rate(subject: str) -> str:
    """主营业务收入增长 -> 主营业务收入, for the rate that the next number says of it."""
    return re.sub(r"(?:年均|同比|平均)*(?:增长率|增长速度|增长|增速|增幅|递增|下降|降低)$", "", subject)
