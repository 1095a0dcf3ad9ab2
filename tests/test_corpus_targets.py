"""A target is a number that the words around it promise; each with what is counted, its sign, unit and year."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning import clean
from corpus.targets import find_targets

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"


def rows(text: str) -> list[tuple[str, str, str, str | None]]:
    """(subject, sign, number with unit, year) of every target."""
    return [(t.subject, t.comparison, t.value + t.unit, t.year) for t in find_targets(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2020年，收入430亿元。", [("收入", "=", "430亿元", "2020")]),
        ("到2020年末，收入达到430亿元。", [("收入", "=", "430亿元", "2020")]),
        ("力争新建标准化厂房3-5座。", [("标准化厂房", "range", "3-5座", None)]),
        ("力争增长8%—10%。", [("增长", "range", "8-10%", None)]),
        ("力争收入增长8%—10%。", [("收入增长", "range", "8-10%", None)]),
        ("到2020年，床位数50张以上。", [("床位数", ">=", "50张", "2020")]),
        ("到2020年，覆盖率不低于百分之二十。", [("覆盖率", ">=", "20%", "2020")]),
        ("到2020年，登记失业率控制在4.5%以内。", [("登记失业率", "<=", "4.5%", "2020")]),
        ("到2020年，成本不超过20元。", [("成本", "<=", "20元", "2020")]),
        ("到2020年，产值突破1,200万元。", [("产值", ">", "1,200万元", "2020")]),
        ("到2020年，能耗低于3吨标准煤。", [("能耗", "<", "3吨标准煤", "2020")]),
        ("2018年底前，新建村卫生室20所。", [("村卫生室", "=", "20所", "2018")]),
        ("建成蜂场20个。", [("蜂场", "=", "20个", None)]),
        ("2025年建蜂场9个。", [("蜂场", "=", "9个", "2025")]),
        ("力争培育5家龙头企业。", [("龙头企业", "=", "5家", None)]),
        ("非化石能源占能源消费总量比重提高到20%左右。", [("非化石能源占能源消费总量比重", "=", "20%", None)]),
        ("力争收入由833亿元增加到1400亿元。", [("收入", "=", "1400亿元", None)]),
        ("确保二十家企业上市。", [("企业上市", "=", "20家", None)]),
    ],
)
def test_signs_units_and_years(text: str, expected: list[tuple[str, str, str, str | None]]) -> None:
    """Every sign; numbers in Chinese; the noun before or behind the number."""
    assert [(s, c, v, y) for s, c, v, y in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "到2020年，收入430亿元，年均增长率超过20%；企业5家。",
            [("收入", "430亿元"), ("收入年均增长率", "20%"), ("企业", "5家")],
        ),
        ("到2020年，产值超10亿元的龙头企业5家。", [("产值超10亿元的龙头企业", "5家")]),
        ("力争收入、利润分别增长5%、6%。", [("收入、利润分别增长", "5%"), ("收入、利润分别增长", "6%")]),
        ("力争收入430亿元、利润50亿元。", [("收入", "430亿元"), ("利润", "50亿元")]),
    ],
)
def test_several_in_one_sentence(text: str, expected: list[tuple[str, str]]) -> None:
    """Each number has its own subject; a rate goes on with the subject before it."""
    assert [(subject, value) for subject, _, value, _ in rows(text)] == expected


def test_years_carry_on() -> None:
    """A year holds until the next, also for the sentences after it."""
    text = "到2018年，收入20亿元；到2020年，收入30亿元。企业5家。"
    assert [year for *_, year in rows(text)] == ["2018", "2020", "2020"]


@pytest.mark.parametrize(
    "text",
    [
        "《国务院办公厅关于促进医药产业健康发展的指导意见》（国办发〔2016〕11号）",
        "按照《规划（2016—2020年）》和《办法》（卫生部令第81号）执行。",
        "全面实施新版GMP、GSP，推进3D打印，贯彻落实“一带一路”战略。",
        "推进HI-164口服肠溶片、干扰素α-2b、白细胞介素-2、N末端修饰胸腺素α1、7-ACA研制。",
        "全面贯彻党的十八大和十八届三中、四中、五中全会精神。",
        "第三十九条 违反规定的，处五万元以上十万元以下罚款；受理之日起二十日内作出决定。",
        "第八条 注册资本不低于一千万元，从业人员不少于50人。",
        "第二十四条规定的期限不超过3个月。",
        "给予最高不超过100万元的补助，力争应补尽补。",
        "2015年，全省生产总值完成12003亿元，同比增长8%。",
        "五年来，新增规上企业20家，收入达到50亿元以上。",
        "引导两家企业和一批项目入园，实施五大行动。",
        "提升产品可靠性。",
    ],
)
def test_numbers_that_promise_nothing(text: str) -> None:
    """Years, numbers of documents and articles, names with digits, fines, grants and the past."""
    assert rows(text) == []


# Read by hand in the two printed plans.
PLANS = {
    "shanxi-2016": [
        ("新增国家一类创新药物", "range", "1-3个", "2020"),
        ("各类生产批件", ">=", "50个", "2020"),
        ("主营业务收入", "=", "430亿元", "2020"),
        ("主营业务收入年均增长率", ">", "20%", "2020"),
    ],
    "guangxi-2016": [
        ("主营业务收入年均增速", ">", "12%", "2020"),
        ("产值超10亿元的龙头制药企业", "=", "5家", "2020"),
        ("产值超5亿元的大型制药企业", "=", "15家", "2020"),
    ],
}


@pytest.mark.parametrize("name", sorted(PLANS))
def test_plans_counted_by_hand(name: str) -> None:
    """All that the plans promise in numbers, and nothing else."""
    text = clean((SAMPLES / f"{name}.txt").read_text("utf-8"))[0]
    assert [row for line in text.split("\n") for row in rows(line)] == PLANS[name]


def test_spans_are_printed_words() -> None:
    """From the subject to the bound behind the number."""
    text = "到2020年，力争新增药物1-3个，取得批件50个以上，收入年均增长率超过20%。"
    printed = [text[target.start : target.end] for target in find_targets(text)]
    assert printed == ["新增药物1-3个", "批件50个以上", "收入年均增长率超过20%"]


@given(st.text("到2020年力争收入增长达0123456789.,%亿元个家以上以内超过、，。；新建百分之十第条-—的由 \n", max_size=60))
def test_any_text(text: str) -> None:
    """Spans stand inside the text and are in order; nothing fails."""
    targets = find_targets(text)
    assert all(0 <= target.start < target.end <= len(text) for target in targets)
    assert all(one.start < other.start for one, other in pairwise(targets))
    assert {target.comparison for target in targets} <= {"=", ">", ">=", "<", "<=", "range"}
