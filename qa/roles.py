"""Lead or support: the two sides of a duty list, whatever a document calls them, and which of them is
asked for.

牵头单位, 责任部门, 主管, 负责 lead; 配合单位, 参与, 协助 support.
"""

import re
from typing import Literal

SUPPORTS = re.compile("配合|参与|参加|协助|协同|支持|会同")
ASKS_LEAD = re.compile("牵头|主管|主办|带头|挑头|主责|第一责任|总负责")
ASKS_SUPPORT = re.compile("配合|协助|参与|打下手|帮忙的部门")
ASKS_ALL = re.compile("哪些|哪几|都有|一起|共同|所有|全部|分别")

Side = Literal["lead", "support", "all"]


def is_lead(role: str) -> bool:
    """True where a printed role makes a department answerable: 牵头单位, 责任部门, 按职责分工负责."""
    return not SUPPORTS.search(role)


def asked_roles(question: str) -> Side:
    """Which side of the duty list a question asks for.

    >>> asked_roles("由谁牵头"), asked_roles("哪些部门配合"), asked_roles("牵头和配合单位有哪些")
    ('lead', 'support', 'all')
    """
    lead, support = ASKS_LEAD.search(question), ASKS_SUPPORT.search(question)
    if lead and support:
        return "all"
    if support:
        return "support"
    if lead or not ASKS_ALL.search(question):
        return "lead"
    return "all"
