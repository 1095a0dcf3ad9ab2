"""Quantities that a clause promises: 主营业务收入430亿元, 年均增长率超过20%, 1-3个, 50个以上.

A number is a target only where the words around it promise something: a year to come (到2020年), a word of aim (力争, 目标,
确保), a bound on a growth or a level (增长8%左右, 控制在4.5%以内), or something to be built and counted (新建20所).  Fines
and time limits of a law, sums granted, what was reached in the past, numbers of documents and articles, and a number that
only describes what is counted (产值超10亿元的企业5家: the 5, not the 10) are left out.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from corpus.models import Target
from corpus.numerals import CHINESE, parse_number

_ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
_PER_CENT = rf"百分之[{CHINESE}]{{1,5}}(?:点[{CHINESE}]{{1,3}})?"
_TEN = f"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九][百千万][{CHINESE}]{{0,6}})"
_SCALE = "(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?"
_UNITS = (
    "个百分点|百分点|％|%|‰|美元|欧元|港元|元|吨标准煤|标准煤|吨|公斤|千克|克|公里|千米|平方公里|平方千米|平方米|立方米|米|亩|公顷|"
    "亿千瓦时|千瓦时|千瓦|兆瓦|吉瓦|度|标准箱|标箱|人次|人份|人|户次|户|个(?!月|工作日|百分|别|人)|家|种|项|件|名|所|座|套|台|辆|条|处|支|张|床|位(?!数)|周?岁|"
    "倍|批|场|篇|部|片|块|艘|架|对|门|期|间|栋|幢|只|头|株|匹|级|微克|毫克|升|颗|粒|例|盒|瓶|村|万?T?EU|宗|起|次|分钟"
)
_PER = r"(?:/[一-鿿A-Za-z0-9]{1,4})?"
_UNIT = rf"(?:{_SCALE}(?:{_UNITS}){_PER}|万亿|亿|万)"
_DASH = "[-—－–~～至到]"
_AS_UNIT = re.compile(rf" ?{_UNIT}")
QUANTITY = re.compile(
    rf"(?<![\dA-Za-zα-ω.,第〔\[【/-])(?P<value>{_ARABIC}|{_TEN})(?P<inner> ?{_UNIT})?(?: ?{_DASH} ?(?P<high>{_ARABIC}))? ?(?P<unit>{_UNIT})"
    rf"|(?P<percent>{_PER_CENT})(?:{_DASH}(?P<percent_high>{_PER_CENT}))?"
)
AFTER_BOUND = re.compile(r"(?:\(含\)|（含）)?(?P<word>及?以上|及?以下|及?以内|之内|左右|上下|内(?!容|部|外))")
BEFORE_BOUND = re.compile(
    r"(?P<word>不得?低于|不得?少于|不小于|不得?超过|不得?高于|不大于|不多于|至少达?到?|至多|最多|超过|突破|高于|大于|多于|超出|超|逾|低于|少于|小于"
    r"|控制在|压减到|压缩到)(?:到|达到|为)? ?$"
)
SIGNS = {
    ">=": ("不低于", "不得低于", "不少于", "不得少于", "不小于", "至少", "至少达", "至少达到", "以上", "及以上"),
    "<=": ("不超过", "不得超过", "不高于", "不得高于", "不大于", "不多于", "至多", "最多", "以下", "及以下", "以内", "及以内", "之内", "内"),
    ">": ("超过", "突破", "高于", "大于", "多于", "超出", "超", "逾"),
    "<": ("低于", "少于", "小于"),
}
SIGN_OF = {word: sign for sign, words in SIGNS.items() for word in words}

SENTENCE = re.compile(r"[。！？!?\n]")
CUT = re.compile(r"[，；;：:。！？!?\n（()）]|,(?!\d{3}(?!\d))")
YEAR = re.compile(r"(?<!\d)(?P<year>20\d\d) ?年")
DUE = re.compile(
    r"(?:到|至|在)?(?<!\d)(?P<year>20\d\d) ?年(?:末|年?底|年终)?(?:之?前|，|,|末|底|时|，?全[省市区县国]|(?=力争|实现|达到|达|，))|到(?P<to>20\d\d)年(?!\d)"
)
AIM = re.compile(
    r"力争|争取|目标|指标|确保|预期|规划期末|期末|努力实现|努力使|要达到|将达到|计划(?:新增|新建|建成|完成|实施|培育|引进|投资)|“?十[一二三四五六七]五”?末"
)
# What was reached, not promised
PAST = re.compile(
    r"已(?!批准|上市|有的)|了(?=[\d一-鿿])|同比|比上年|比去年|较上年|较去年|比20\d\d年(?!末|底)|上年|去年|以来|累计|先后|截至|截止|成为历史|完成预算|位居|过去|五年来|年来"
)
# Words of a rule, not of a plan
RULE = re.compile(r"罚款|处以|违法所得|应当|不得(?!低于|少于|超过|高于)|有期徒刑|起诉|当事人|规定的|之日起|本条例|本法|本办法|本规定|责令")
GRANT = re.compile(r"给予|奖励|补助|补贴|奖补|资助|罚|收取|缴纳|注册资本|救助|一次性")
RATE = re.compile(r"增长|增速|增幅|下降|降低|提高|提升|减少|比重|占比|占|率|达到|达|控制在|保持在|稳定在|面积|收入|总值|总量|规模|不低于|不少于|不超过|寿命|用量|排放")
BUILD = re.compile(r"新增|新建|改造|建成|建设|培育|引进|打造|创建|完成|实现|发展|培养|培训|扶持|推广|组建|开工|新改建|取得|认定|选派|建立|开展|举办|实施|争创|新发展|转移|治理")
DESCRIBES = re.compile(r" ?(?:及?以上|以下|左右|以内)?的(?!速度|增速|幅度|目标|水平|比例|比重|年均|增长)|级(?!别)")
CHANGE_FROM = re.compile(r"(?:由|从)[^，,；;。]{0,14}$")
CHANGE_TO = re.compile(r"^[^，,；;。]{0,8}?(?:增加|提高|提升|增长|上升|扩大|下降|降低|降|减少|压减|缩小|发展|升)?[到至]")
# Before the subject: when, how hard, and the verb that brings it about
LEAD = re.compile(
    r"^(?:[、和及与并且 ]|(?:到|至|在)?20\d\d ?年(?:末|年?底|前|之前|以前|全年)*|(?:20\d\d[-—－–~～至]20\d\d ?年)|[，,]|期末|其中|力争|争取|努力|确保|预期|预计|计划|每年|"
    r"要|将|使|全面|基本|累计|总共|共|目标|主要|实现|取得|达到|完成|建成|建设|新建|改造|培育|引进|打造|创建|形成|推动|推进|发展|培养|培训|扶持|支持|"
    r"组建|组织|实施|开工|安排|投入|推广|有)+"
)
# Between the subject and the number
LINK = re.compile(
    r"(?:分别|各|合计|总数|均|保持|稳定|力争|预期|预计)*(?:达到或超过|增加到|增长到|提高到|提升到|扩大到|上升到|下降到|降低到|降到|减少到|压减到|压缩到|缩小到|提高至|增加至"
    r"|提升至|下降至|降低至|降至|升至|增至|达到|控制在|保持在|稳定在|维持在|达|为|是|有|约|近|到|至|在|完成|实现|分别|各|以|力争|左右|再)+ ?$"
)
BARE_RATE = re.compile(r"^(?:年均|同比|年均复合|平均|每年|年|均)*(?:增长率|增长速度|增长|增速|增幅|递增|下降|降低|占比)(?:速度|率)?$")
# A noun that follows the number it is counted by: 培育5家龙头企业
NOUN = re.compile(r"[^，,；;。、：:（()）\n]{2,30}")
SUBJECT_LIMIT = 40


@dataclass(frozen=True, slots=True)
class _Quantity:
    start: int
    end: int  # behind 以上 or 左右
    value: str
    unit: str
    bound: str  # "", or the word behind the number


def find_targets(text: str) -> tuple[Target, ...]:
    """The targets of a clause, in the order printed; each span runs from the subject to the number.

    >>> [(t.subject, t.comparison, t.value, t.unit, t.year) for t in find_targets("到2020年，收入430亿元，年均增长超过20%。")]
    [('收入', '=', '430', '亿元', '2020'), ('收入年均增长', '>', '20', '%', '2020')]
    """
    found: list[Target] = []
    due: str | None = None
    starts = [0, *(match.end() for match in SENTENCE.finditer(text))]
    for start, end in pairwise((*starts, len(text))) if starts[-1] < len(text) else pairwise(starts):
        sentence = text[start:end]
        quantities = _quantities(text, start, end)
        if quantities:
            found += _of_sentence(text, start, end, quantities, due)
        years = [match["year"] or match["to"] for match in DUE.finditer(sentence)]
        due = years[-1] if years and not PAST.search(sentence) else due
    return tuple(found)


def _quantities(text: str, start: int, end: int) -> list[_Quantity]:
    found: list[_Quantity] = []
    for match in QUANTITY.finditer(text, start, end):
        if text.startswith(("年", "号"), match.end()) or (match["inner"] and not match["high"]):
            continue
        if match["percent"]:
            values = [_per_cent(each) for each in (match["percent"], match["percent_high"]) if each]
            unit = "%"
        else:
            values = [_digits(each) for each in (match["value"], match["high"]) if each]
            unit = match["unit"].replace("％", "%")
        if not all(values):
            continue
        after = AFTER_BOUND.match(text, match.end())
        found.append(
            _Quantity(
                match.start(),
                after.end() if after else match.end(),
                "-".join(values),
                unit,
                after["word"] if after else "",
            )
        )
    return found


def _digits(printed: str) -> str:
    if printed[0].isdecimal():
        return printed
    value = parse_number(printed)
    return str(value) if value else ""


def _per_cent(printed: str) -> str:
    whole, _, part = printed.removeprefix("百分之").partition("点")
    value = parse_number(whole)
    digits = "".join(str(parse_number(char)) for char in part)
    return "" if value is None else f"{value}.{digits}" if digits else str(value)


def _of_sentence(text: str, start: int, end: int, quantities: list[_Quantity], due: str | None) -> list[Target]:
    sentence = text[start:end]
    aims = bool(AIM.search(sentence))
    years = [(start + match.start(), match["year"] or match["to"]) for match in DUE.finditer(sentence)]
    if RULE.search(sentence) or (PAST.search(sentence) and not aims and not years):
        return []
    found: list[Target] = []
    before = ""  # the subject of the segment before, which 年均增长 goes on with
    for quantity in quantities:
        segment = max((match.end() for match in CUT.finditer(text, start, quantity.start)), default=start)
        stop = CUT.search(text, quantity.end)
        limit = min(stop.start(), end) if stop else end
        if _describes(text, quantity, limit) or GRANT.search(text[segment:limit]):
            continue
        if CHANGE_FROM.search(text[segment : quantity.start]) and CHANGE_TO.match(text[quantity.end : limit]):
            continue
        sign, lead_end = _sign(text, segment, quantity)
        year = next((each for at, each in reversed(years) if at < quantity.start), None) or due
        if not (aims or year or _promises(text[segment:limit], quantity, sign)):
            continue
        subject, begin, stretch = _subject(text, segment, lead_end, quantity, limit, quantities)
        if BARE_RATE.match(subject) and before and before not in subject:
            subject = before + subject
        elif subject:
            before = subject
        if len(subject) < 2 or len(subject) > SUBJECT_LIMIT:
            continue
        found.append(Target(subject, sign, quantity.value, quantity.unit, year, begin, stretch))
    return found


def _promises(segment: str, quantity: _Quantity, sign: str) -> bool:
    """Without a year or a word of aim: a bound on a level or a growth, or a count of what is to be built."""
    if PAST.search(segment):
        return False
    bounded = sign != "=" or quantity.bound in ("左右", "上下")
    return bool(bounded and RATE.search(segment)) or (not quantity.unit.endswith("%") and bool(BUILD.match(segment)))


def _describes(text: str, quantity: _Quantity, limit: int) -> bool:
    """Whether the number is an attribute of what another number counts: 产值超10亿元的企业5家, 亿元以上项目."""
    rest = text[quantity.end : limit]
    if DESCRIBES.match(rest):
        return True
    return quantity.bound in ("以上", "以下", "及以上", "及以下") and bool(QUANTITY.search(rest)) and rest[:1] not in "、和及"


def _sign(text: str, segment: int, quantity: _Quantity) -> tuple[str, int]:
    """The comparison, and where the words before the number end that do not say it."""
    before = BEFORE_BOUND.search(text[segment : quantity.start])
    lead_end = segment + before.start() if before else quantity.start
    if "-" in quantity.value:
        return "range", lead_end
    word = before["word"] if before else ""
    if word in ("控制在", "压减到", "压缩到"):
        return ("<=" if quantity.bound in ("", "以内", "以下", "及以内", "及以下", "内", "之内") else "="), lead_end
    if word == "低于" and quantity.bound:
        return "<", lead_end
    return SIGN_OF.get(word) or SIGN_OF.get(quantity.bound, "="), lead_end


def _subject(
    text: str, segment: int, lead_end: int, quantity: _Quantity, limit: int, quantities: list[_Quantity]
) -> tuple[str, int, int]:
    """What is counted, where the target begins and where it ends."""
    begin = segment
    for other in quantities:  # 收入430亿元、增长20%: the second begins behind the first
        if segment <= other.start < quantity.start and not _describes(text, other, limit):
            begin = max(begin, other.end)
    if lead := LEAD.match(text[begin:lead_end]):
        begin += lead.end()
    words = text[begin:lead_end]
    if link := LINK.search(words):
        words = words[: link.start()]
    words = words.strip(" 、")
    if len(words) >= 2 or BARE_RATE.match(words):
        start = text.index(words, begin)
        return words.removeprefix("全年").strip(), start, quantity.end
    if noun := NOUN.match(text[quantity.end : limit].lstrip(" ")):
        counted = noun[0].strip()
        end = text.index(counted, quantity.end) + len(counted)
        return counted, quantity.start, end
    return "", quantity.start, quantity.end
