"""What kind of fact a question asks for, and which kinds a passage holds.

A clause on the right subject that names no sum does not answer 补多少钱. Such gaps tell the right sibling from the
wrong one, and a question whose detail is not given from one that is answered. The ranker weighs them.
"""

import re

MONEY, SHARE, MOMENT, DURATION, NUMBER, CONTACT, AGENT = (1 << bit for bit in range(7))

_DIGIT = r"[\d〇零一二两三四五六七八九十百千万亿]"

# The first that matches a question decides, so the narrow ones come first.
_ASKED = (
    (
        CONTACT,
        "(?:电话|号码|热线)(?:是|号?多少|号码)|(?:什么|哪个|啥|个)(?:电话|号码|热线|网址|网站)|"
        "网址|邮箱|地址|门牌|哪条路|几楼",
    ),
    (SHARE, "百分之|百分比|比例|比率|增速|增长率|几成|占多|几折|报几成|报百分|报多少|涨多少|降多少"),
    (
        MONEY,
        "多少钱|几个钱|几块钱|几毛|几万块|多少元|多少万|多少亿|几个亿|花多|给多少|补多少|补贴多|补助多|奖多少|罚多|赔多|"
        "交多少|拿多少|掏多少|出多少|收多少|投多少|贷多少|借多少|金额|额度|价钱|收费标准|什么价|啥价",
    ),
    (DURATION, "多久|多长时间|[几多][少个]*(?:天|年|月|周|工作日|小时|钟头)|期限|有效期"),
    (MOMENT, "哪年|哪一年|什么时候|啥时|何时|几时|几月|几号|哪天|哪一天|哪个月|什么时间|啥时间|到什么日子|几点|年底前"),
    (NUMBER, "多少|几[家个人台套项条所座处种类名位户亩吨张次倍级层米里公斤岁]|多大|多高|多远|多宽"),
    (AGENT, "谁|(?:哪[个些家]|什么|啥)(?:部门|单位|局|厅|机关)|找哪|归哪|哪[里儿]?管|牵头"),
)
_HELD = (
    (CONTACT, r"\d{7,}|\d{3,4}-\d{6,}|http|www|@|\d+号(?!文)|12\d{3}"),
    (SHARE, rf"%|百分之|千分之|{_DIGIT}成|{_DIGIT}倍|个百分点|‰"),
    (MONEY, rf"{_DIGIT}余?元|免费|免收|免征|全免|不收费|无偿|%的?(?:比例|标准)?(?:给予|补|奖|支付|报销|收)"),
    (
        DURATION,
        rf"{_DIGIT}个?(?:年|月|日|天|周|工作日|小时|分钟|季度)|[日月年]内|长期|终身|当日|即时|每半?[年季月日周天]|定期",
    ),
    (MOMENT, rf"\d{{4}}年|{_DIGIT}月|{_DIGIT}日|年底|月底|起施行|每年|每月|次月|次日|日起|“十.五”|之前|以前|期末"),
    (NUMBER, r"\d|[一二两三四五六七八九十百千万亿][家个人台套项条所座处种类名位户亩吨张次倍级层米公岁]"),
    (AGENT, "部门|机关|机构|[厅局委办署院部会]|政府|负责|单位"),
)
_ASKED_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _ASKED)
_HELD_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _HELD)


def asked_fact(question: str) -> int:
    """The kind of fact that a normalized question asks for; 0 where it asks for none of them."""
    return next((kind for kind, pattern in _ASKED_PATTERNS if pattern.search(question)), 0)


def held_facts(text: str) -> int:
    """The kinds of facts that a normalized text holds, as the sum of their bits."""
    return sum(kind for kind, pattern in _HELD_PATTERNS if pattern.search(text))
