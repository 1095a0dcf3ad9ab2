"""What kind of fact a question asks for and a passage holds."""

import pytest

from index.facts import AGENT, CONTACT, DURATION, MOMENT, MONEY, NUMBER, SHARE, asked_fact, held_facts


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("装充电桩能补多少钱", MONEY),
        ("孩子看牙报销几成", SHARE),
        ("啥时候能办完", MOMENT),
        ("哪年开始施行", MOMENT),
        ("要等多久", DURATION),
        ("几个工作日给答复", DURATION),
        ("要建多少座水库", NUMBER),
        ("谁来管小作坊", AGENT),
        ("归哪个局负责", AGENT),
        ("投诉电话是多少", CONTACT),
        ("开药店有什么要求", 0),
    ],
)
def test_the_kind_that_a_question_asks_for(question: str, kind: int) -> None:
    """The narrower kind is found before the general number."""
    assert asked_fact(question) == kind


def test_the_kinds_that_a_passage_holds() -> None:
    """All kinds at once, and none in a sentence of intentions."""
    text = "市人社局自2025年5月起,对培训满3个月的学员按80%给予补贴,最高2000元;咨询电话0351-1234567。"
    assert held_facts(text) == MONEY | SHARE | MOMENT | DURATION | NUMBER | CONTACT | AGENT
    assert held_facts("坚持创新驱动,加快绿色发展。") == 0
