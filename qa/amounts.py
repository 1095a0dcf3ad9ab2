"""Amounts in a text and the unit a question asks for: 430亿元, 超过20%, 1-3个, 三十日内, 二倍以上五倍以下,
2020年底.

Only what is needed to match a question to the right number; promised targets are parsed by `corpus`.
"""

import re
from dataclasses import dataclass

from corpus.numerals import parse_number

CHINESE_NUMBER = "[一二两三四五六七八九十百千万亿零半]+"
DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
TIME_UNITS = "个工作日|工作日|个月|周年|小时|分钟|年|月|日|天|周|秒"
COUNT_UNITS = (
    "平方米|平方公里|公里|万人次|人次|件次|户次|批次|周岁|岁|家|个|种|项|名|位|件|条|处|座|所|台|套|批|次|亩|吨|张|份|户|人|级|档|类|支|"
    "辆|本|篇|只|头|场|期|门|间|米|块|枚|列|瓦|千瓦|兆瓦|床|点|款|公斤|克|升|倍|成|折|回|轮|字|卷|课时|学时|节"
)
MONEY_UNITS = "人民币|亿美元|万美元|美元|元"
UNIT = f"个百分点|百分点|[%％‰]|{MONEY_UNITS}|{TIME_UNITS}|{COUNT_UNITS}"
RANGE = rf"(?:\s*[-—~－至到]\s*{DIGITS})?"
AMOUNT = re.compile(
    rf"(?P<date>(?:19|20)\d{{2}}年(?:第?[一二三四1-4]季度)?(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?(?:底|末|前|初|起|年底)?"
    rf"|\d{{1,2}}月(?:\d{{1,2}}日|底|末|初|上旬|中旬|下旬)(?:前|起)?|[一二三四]季度)"
    rf"|(?P<percent>百分之{CHINESE_NUMBER}|{CHINESE_NUMBER}分之{CHINESE_NUMBER}|\d+(?:\.\d+)?:\d+(?:\.\d+)?)"
    rf"|(?P<number>{DIGITS}{RANGE})\s*(?P<scale>[十百千万亿]*)\s*(?:余|多)?(?P<unit>{UNIT})?"
    rf"|(?<!第)(?P<chinese>{CHINESE_NUMBER})(?P<chinese_unit>{UNIT})"
)
# 一级, 一批 and 一条 are seldom counts; 一年 and 一次 are.
NOT_AN_AMOUNT = re.compile("^一(?!元|个月|个?工作日|小时|[年月日天周次人名家成倍米])")


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: its span, its kind ("money", "percent", "time", "date", "count"), and its unit as
    printed.
    """

    start: int
    end: int
    kind: str
    unit: str


def find_amounts(text: str, start: int = 0, end: int | None = None) -> list[Amount]:
    """The quantities in a part of a text, in order.

    >>> [(a.kind, a.unit) for a in find_amounts("到2020年收入430亿元，增长超过20%，新药1-3个，罚二倍")]
    [('date', '年'), ('money', '元'), ('percent', '%'), ('count', '个'), ('count', '倍')]
    """
    found: list[Amount] = []
    for match in AMOUNT.finditer(text, start, len(text) if end is None else end):
        kind, unit = _kind(match)
        if kind:
            found.append(Amount(match.start(), match.end(), kind, unit))
    return found


def _kind(match: re.Match[str]) -> tuple[str, str]:
    if match["date"]:
        return "date", "年"
    if match["percent"]:
        return "percent", "%"
    if match["chinese"]:
        if NOT_AN_AMOUNT.match(match.group()) or parse_number(match["chinese"].replace("半", "")) is None:
            return ("time", match["chinese_unit"]) if match.group().startswith("半") else ("", "")
        return unit_kind(match["chinese_unit"]), match["chinese_unit"]
    unit = match["unit"] or ""
    if not unit and not match["scale"]:
        return "", ""
    return unit_kind(unit), unit


def unit_kind(unit: str) -> str:
    """The kind of quantity that a unit counts."""
    if re.fullmatch(MONEY_UNITS, unit):
        return "money"
    if unit in ("%", "％", "‰", "个百分点", "百分点", "成", "折", "倍"):
        return "percent" if unit not in ("折", "倍") else "count"
    return "time" if unit and re.fullmatch(TIME_UNITS, unit) else "count"


# What a question asks for -> the kinds and units that answer it; tried in this order.
ASKED: tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...] = tuple(
    (re.compile(pattern), kinds, units)
    for pattern, kinds, units in (
        (
            "百分之几|百分比|比例|占比|比重|增速|增长率|增长多少|增长几|增幅|几成|几分之几|几个百分点|率(?!先|领)|增速|按什么比例|多少[%％]|降幅",
            ("percent",),
            "",
        ),
        ("几折|几倍|多少倍", ("percent", "count"), "倍折"),
        (
            "多少钱|几块钱?|几毛|多少[元块]|几[百千万亿十]*元|多少[万亿]|几[万亿]|费|补贴?多少|补助?多少|奖励?多少|罚款?多少|给多少|拿多少|能补|资金|收入|产值|金额|投资|奖金|工资|报酬|额",
            ("money",),
            "",
        ),
        ("几岁|多大(?:年纪|年龄|岁)|多少岁|年龄", ("count",), "周岁"),
        ("几个?小时|多少个?小时", ("time",), "小时分钟"),
        ("(?:几|多少)[天日]|(?:几|多少)个?工作日", ("time",), "日天工作个小时"),
        ("几个?月|多少个?月", ("time",), "月"),
        ("几年|多少年", ("time",), "年"),
        ("多久|多长时间|多长|时限|期限|多少时间", ("time",), ""),
        ("多[宽高深远厚]|多长的", ("count",), "米里"),
        ("多少人|几个人|几名|多少名|几位", ("count",), "人名位"),
        ("多少次|几次|几回|多少回|频次", ("count",), "次回"),
    )
)
ASKED_UNIT = re.compile(f"(?:多少|几)(?:[十百千万亿])?({COUNT_UNITS})(?!月|小时|工作日|百分点)")


def fit(question: str, amount: Amount) -> float:
    """How well an amount's unit fits what the question asks for: 1 the very unit, 0 unknown, -1 another
    kind.
    """
    counted = ASKED_UNIT.search(question)
    for pattern, kinds, units in ASKED:
        if pattern.search(question):
            if amount.kind in kinds:
                return 1.0 if not units or not amount.unit or amount.unit[-1] in units else 0.2
            if not (counted and amount.kind == "count"):
                return -1.0 if amount.kind != "count" or kinds != ("money",) else -0.5
    if counted:
        return 1.0 if amount.unit and amount.unit[-1] == counted[1][-1] else (0.3 if amount.kind == "count" else -0.8)
    return -1.0 if amount.kind == "date" else 0.0


ASKS_MOST = re.compile("最多|最高|最长|顶多|封顶|上限|不能超|最大|以[内下]")
ASKS_LEAST = re.compile("最少|至少|最低|最短|起码|下限|不能少|不低于|以上")
STATES_MOST = re.compile(
    "最高|不超过|不得超过|最多|至多|上限|限额|以内|以下|不高于|不大于|封顶|累计|低于(?<!不低于)|内$"
)
STATES_LEAST = re.compile("不低于|不少于|至少|最低|以上|不得少于|不得低于|不小于|超过(?<!不超过)")


def states_limit(question: str, piece: str) -> int:
    """1 where a piece states the upper or lower limit that a question asks for, else 0.

    >>> states_limit("最多补多少", "不超过500万元"), states_limit("至少几家", "不超过5家")
    (1, 0)
    """
    most = ASKS_MOST.search(question) and STATES_MOST.search(piece)
    least = ASKS_LEAST.search(question) and STATES_LEAST.search(piece)
    return 1 if most or least else 0
