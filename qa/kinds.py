"""What kind of answer a question wants: an amount, a department, a place, yes or no, a list, measures.

The kind decides which words of the best clause are quoted (`spans`), so the patterns look at the
question's form only.
"""

import re
from typing import Literal, get_args

Kind = Literal["how_much", "who", "when", "where", "whether", "which", "measures", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MEASURE = (
    "个|家|种|成|倍|项|年|天|日|次|元|块|人|名|位|件|条|处|座|所|台|套|批|岁|周|月|小时|"
    "工作日|折|公里|平方米|亩|吨|张|份|户|级|档|类|支|回|趟|号|节|％|%"
)
# Tried in this order: the first that matches gives the kind.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "when",
        "什么时候|什么时间|何时|哪一?年|几时|啥时|哪一?天|几月几?[号日]|几号|截止(?:到|时间|日期)|哪个月|多会儿|从哪年起|到哪年",
    ),
    (
        "how_much",
        f"多少|多久|多长|(?:多大|什么)(?:比例|标准)|多大(?:比例|规模|面积|年纪|年龄|岁)|多[高宽深远厚]|几分之几|(?<![好这那了着十哪])(?<!(?<!超)过)几(?:{MEASURE})|[增占](?:速|长率|比)(?:是|要|为|达)"
        "|数额|百分之几|几成|上限是|下限是|最高(?:补|奖|罚|能)|(?:金额|比例|标准|规模|收入|产值|增速|目标值)(?:是多|是几|要达到什么)"
        "|多[大重](?:的|$|[?？])",
    ),
    (
        "who",
        "谁|(?:哪个|哪些|什么|哪家|啥|哪[一两二三四几]个|哪[两几]家)(?:政府)?(?:部门|单位|机构|机关|厅|局|委|衙门|官员|机关单位)|由哪|归哪|哪[一两三四几]?家|哪.{0,6}牵头|牵头.{0,4}哪|找哪个|"
        "牵头(?:单位|部门)|责任(?:单位|部门|主体)|配合(?:单位|部门)|主管部门|分管|归口",
    ),
    (
        "where",
        "哪里|哪儿|在哪|什么地方|何处|啥地方|上哪|去哪|(?:哪个|哪些|哪几个)(?:城市|市|地方|地区|地市|园区|基地|县|省|口岸|国家)",
    ),
    (
        "measures",
        "怎么|如何|怎样|咋|措施|办法|做法|(?:什么|哪些|啥)(?:具体)?(?:政策|支持|帮助|扶持|要求|规定|安排|任务|举措|优惠|好处|奖励|处罚|后果|保障|打算|动作|说法|服务|待遇)",
    ),
    (
        "whether",
        r"(?:[吗嘛]|(?<![什怎多])么)[?？。！!]*$|[吗][,，]|是否|能否|可否|能不能|可不可|会不会|有没有|要不要|允不允许|行不行|是不是|该不该|用不用|算不算|对不对|"
        r"合不合|违不违|需不需|([一-鿿])不\1|([一-鿿]{2})不\2|合法|违法|犯法|行[吗不]|不[?？]$|没有?[?？]$",
    ),
    (
        "which",
        "哪些|哪[一二两三四五六七八九十几]|哪种|哪个|哪类|哪样|哪项|什么|啥|包括|有何|列举|都有|属于",
    ),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
COMPARES = re.compile(
    "对比|比较|相比|不同|区别|差别|差异|异同|分别|各自|两省|两地|两区|两个省|哪个(?:省|更|高|多|大)|谁(?:更|的|高|多|大)|都(?:有|要)?|共同"
)
AND_BETWEEN = re.compile(r"^\s*(?:省|市|自治区|区)?\s*(?:和|与|跟|同|、|及|以及|还有|比|vs|,|，|对比|还是)\s*$")


# 几个退休乐手想组队, 砍了好几个景点: people and things of a story, not an amount asked for.
TOLD = re.compile("几(?:个|位|名|人|家|台|户)[^,，?？]{0,8}(?:搭伙|合伙|一起|想|打算|要办|开了|被|都)|几[千百十万亿]")
IN_WHICH_CASE = re.compile("什么时候|啥时")
# 能在几家医院上班吗: some hospitals, not how many.
ENDS_WHETHER = re.compile("[吗嘛][?？。]*$")
SOME = re.compile(f"几(?:{MEASURE})")
PARTS = re.compile("[,，;；。!！?？]")


def kind_of(text: str) -> Kind:
    """The kind of answer that `text` (normalized) asks for.

    >>> kind_of("主营业务收入要达到多少"), kind_of("药品采购由谁牵头"), kind_of("检查结果互认吗")
    ('how_much', 'who', 'whether')
    """
    text = TOLD.sub("", text)
    if ENDS_WHETHER.search(text):
        text = SOME.sub("", text)
    for kind, pattern in PATTERNS:
        if pattern.search(text):
            return kind
    return "other"


def wants_only(kind: Kind, text: str) -> bool:
    """True where only an amount (how_much) or a date (when) can answer: short, and nothing else is asked.

    什么时候 also means "in which case" and does not insist on a date.

    >>> wants_only("how_much", "人才补贴多少钱"), wants_only("how_much", "我租了车, 补多少, 怎么办理")
    (True, False)
    """
    asking = [part for part in PARTS.split(text) if any(pattern.search(part) for _, pattern in PATTERNS)]
    one = len(text) <= 40 and len(asking) == 1 and kind_of(asking[0]) == kind
    return one and not (kind == "when" and IN_WHICH_CASE.search(text))
