"""A question that leans on the one before it is completed from it; one that stands alone is left alone."""

import pytest

from qa.followup import resolve

BEFORE = "山西2020年医药主营业务收入要达到多少"


@pytest.mark.parametrize(
    ("text", "previous", "expected"),
    [
        ("那广西呢", BEFORE, "广西2020年医药主营业务收入要达到多少"),
        ("广西呢？", BEFORE, "广西2020年医药主营业务收入要达到多少"),
        ("那八桂又如何", BEFORE, "八桂2020年医药主营业务收入要达到多少"),
        ("2025年呢", BEFORE, "山西2025年医药主营业务收入要达到多少"),
        ("那工信委呢", "广西发改委负责哪些任务", "广西工信委负责哪些任务"),
        ("那广西呢", "医药物流怎么发展", "广西 医药物流怎么发展"),
        ("那广西呢", "晋药目标是多少", "广西药目标是多少"),
        ("那二（四）呢", "山西方案二（三）", "山西方案二(四)"),
        ("那第14条呢", "广西方案第13条讲什么", "广西方案第14条讲什么"),
        ("那药品价格呢", "山西药品采购由谁负责", "山西药品价格由谁负责"),
        ("那仿制药呢", "山西对中药材种植怎么支持", "山西仿制药怎么支持"),
        ("药品价格呢", "山西药品采购由谁负责", "山西药品价格由谁负责"),
        ("八桂大地呢", "山西的药品采购怎么管", "八桂大地的药品采购怎么管"),
        # stands on its own
        ("广西要建几家龙头企业", BEFORE, "广西要建几家龙头企业"),
        ("药品采购由谁牵头", BEFORE, "药品采购由谁牵头"),
        ("那广西呢", None, "那广西呢"),
        ("那广西呢", "  ", "那广西呢"),
    ],
)
def test_resolved(text: str, previous: str | None, expected: str) -> None:
    """Region, year and department change; the topic stays."""
    assert resolve(text, previous) == expected


@pytest.mark.parametrize("bare", ["谁牵头", "由哪个部门负责", "责任部门是谁", "有哪些具体任务"])
def test_a_bare_question_gets_the_topic(bare: str) -> None:
    """谁牵头 alone is about what was asked before."""
    resolved = resolve(f"{bare}？", "广西怎么推动智能工厂建设")
    assert "广西" in resolved
    assert "智能工厂建设" in resolved
    assert bare in resolved
