"""Mentions of other texts are found with the words that were printed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.references import find_references, normal_number, title_key


def mentions(text: str) -> list[str]:
    """kind:words of every mention."""
    return [f"{each.kind}:{each.text}" for each in find_references(text, {})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照《意见》（国办发〔2016〕11号）精神", ["title:《意见》", "number:国办发〔2016〕11号"]),
        ("《河南省实施〈土地管理法〉办法》规定", ["title:《河南省实施〈土地管理法〉办法》"]),
        ("《关于修改《条例》的决定》规定", ["title:《关于修改《条例》的决定》"]),
        ("《未闭合的书名", []),
    ],
)
def test_titles(text: str, expected: list[str]) -> None:
    """With titles inside titles; the number behind a title is a mention of its own."""
    assert mentions(text) == expected


@pytest.mark.parametrize(
    "number",
    [
        "国办发〔2016〕11号",
        "国办发(2016)11号",
        "国办发（2016）11号",
        "国办发[2016]11号",
        "国办发【2016】11号",
        "国办发〔2016〕第11号",
        "国办发〔 2016 〕 11 号",
    ],
)
def test_one_number_in_every_bracket(number: str) -> None:
    """All variants are found whole, without the words before them, and mean the same number."""
    assert mentions(f"认真贯彻落实{number}文件精神") == [f"number:{number}"]
    assert normal_number(number) == "国办发〔2016〕11号"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("（发改产业〔2016〕1523号）", "发改产业〔2016〕1523号"),
        ("（法（研）发〔1987〕32号）", "法（研）发〔1987〕32号"),
        ("（卫生部令第81号）", "卫生部令第81号"),
        ("根据中华人民共和国国务院令第六百五十号", "中华人民共和国国务院令第六百五十号"),
        ("1988年11月3日原国家工商行政管理局令第1号公布的", "国家工商行政管理局令第1号"),
        ("1990年7月6日山东省人民政府第7号令发布的", "山东省人民政府第7号令"),
        ("按照国家食品药品监督管理总局公告2016年第12号", "国家食品药品监督管理总局公告2016年第12号"),
        ("由国家发展和改革委员会令第5号公布", "国家发展和改革委员会令第5号"),
    ],
)
def test_numbers_of_orders_and_notices(text: str, number: str) -> None:
    """Codes with brackets, orders and public notices; dates and connecting words stay outside."""
    assert mentions(text) == [f"number:{number}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第五条 依照本法第三十九条第二款第（三）项办理。", ["第三十九条第二款第（三）项"]),
        ("第五条 依照第一百三十三条之一、第12条处理。", ["第一百三十三条之一", "第12条"]),
        ("第五条 第六条至第九条不适用。", ["第六条", "第九条"]),
        ("第三十九条 违反规定的，处罚款。", []),
        ("第一季度完成20条措施。", []),
    ],
)
def test_articles(text: str, expected: list[str]) -> None:
    """With 之一, 款 and 项; the clause's own number is no mention."""
    assert mentions(text) == [f"article:{each}" for each in expected]


def test_articles_of_this_document_are_resolved() -> None:
    """Those of another law are not."""
    found = find_references("第一条 依照本法第二条和刑法第三条，以及《民法典》第二条。", {"2": "law/2", "3": "law/3"})
    assert [(each.text, each.target) for each in found if each.kind == "article"] == [
        ("第二条", "law/2"),
        ("第三条", None),
        ("第二条", None),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照本方案二、（三）的要求", ["clause:二、（三）"]),
        ("见一、(二)3.的规定", ["clause:一、(二)3."]),
        ("二、（三）", []),
        ("第二、（三）项", []),
        ("（一）、（二）", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    """Only where the two numbers stand together, and not where they are the clause's own."""
    assert mentions(text) == expected


def test_title_keys() -> None:
    """Marks, blanks and the note of a version make no difference."""
    assert title_key("《药品管理法（2019年修订）》") == title_key("药品 管理法")


@given(st.text("《》〈〉（）第三十九条之一款项本法国办发〔2016〕1号令、二\n ", max_size=50))
def test_any_text(text: str) -> None:
    """Every mention is the slice of its span; spans are in order and do not overlap."""
    found = find_references(text, {})
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
