"""Mentions of other texts are found with the words that were printed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Clause
from corpus.parts import cited_spans, find_part, parts_of
from corpus.references import Places, find_references, normal_number, short_names, title_key


def mentions(text: str) -> list[str]:
    """kind:words of every mention."""
    return [f"{each.kind}:{each.text}" for each in find_references(text, Places())]


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
    found = find_references(
        "第一条 依照本法第二条和刑法第三条，以及《民法典》第二条。", Places({"2": "law/2", "3": "law/3"})
    )
    assert [(each.text, each.target) for each in found if each.kind == "article"] == [
        ("第二条", "law/2"),
        ("第三条", None),
        ("第二条", None),
    ]


ARTICLES = Places({"8": "law/8", "9": "law/9"}, {"9": "law/8"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第九条 甲。\n违反前款规定的，罚款。", [("前款", "law/9")]),
        ("第九条 甲。\n乙。\n前两款第（二）项除外。", [("前两款第（二）项", "law/9")]),
        ("第九条 依照前条第二款、第三款办理。", [("前条第二款", "law/8"), ("第三款", "law/8")]),
        ("第九条 甲：\n（一）乙；\n（二）前项以外的。", [("前项", "law/9")]),
        (
            "第九条 甲。\n有本条第一款情形，或者第一款第（一）项的。",
            [("本条第一款", "law/9"), ("第一款第（一）项", "law/9")],
        ),
        (
            "第九条 依照第八条第一款第（一）项、第（三）项和第二款处理。",
            [("第八条第一款第（一）项", "law/8"), ("第（三）项", "law/8"), ("第二款", "law/8")],
        ),
        (
            "第九条 依照《民法典》第八条第一款、第二款处理。",
            [("《民法典》", None), ("第八条第一款", None), ("第二款", None)],
        ),
        ("第九条 从前条例规定、目前款项已付、前项目、本条例、本条款和第一款产品。\n乙。", []),
    ],
)
def test_relative_mentions(text: str, expected: list[tuple[str, str | None]]) -> None:
    """前款, 前条, 本条第二款 and lists of 款 and 项 lead to the article meant; words that contain them do not."""
    assert [(each.text, each.target) for each in find_references(text, ARTICLES, "9")] == expected


def test_short_names() -> None:
    """A short name of a text is a mention where it is used, not where it is defined or part of a longer one."""
    text = (
        "根据《城市房地产管理法》（中华人民共和国主席令第29号，以下简称《房地产法》）和"
        "《某省某某条例》（以下简称条例），制定。"
    )
    names = short_names(text)
    assert names == {"房地产法": "《城市房地产管理法》", "条例": "《某省某某条例》"}
    assert [each.text for each in find_references("按照条例第三条和本条例、《条例》办理。", Places(names=names))] == [
        "条例",
        "第三条",
        "《条例》",
    ]
    assert "条例" not in [each.text for each in find_references(text, Places(names=names))]


PLACES = Places(outline={"2.3": "plan/2.3/1", "1.2.3": "plan/1.2.3"}, annexes={"附件2": "plan/附件2/0/1"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照本方案二、（三）的要求", "plan/2.3/1"),
        ("见一、(二)3.的规定", "plan/1.2.3"),
        ("见五、（一）", None),
        ("按照《规划》二、（三）的要求", None),
        ("任务分工见附件 2。", "plan/附件2/0/1"),
    ],
)
def test_clauses_of_this_document_are_resolved(text: str, expected: str | None) -> None:
    """A number leads to its clause or the first under its heading, an annex to its beginning; others to none."""
    assert [each.target for each in find_references(text, PLACES) if each.kind == "clause"] == [expected]


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


@given(st.text("《》〈〉（）第三十九条之一款项目前本法国办发〔2016〕1号令、二附件\n ", max_size=50))
def test_any_text(text: str) -> None:
    """Every mention is the slice of its span; spans are in order and do not overlap; what is named is looked for."""
    found = find_references(text, ARTICLES, "9")
    clause = Clause("law/9", "law", (), "", text, 0, len(text), "")
    for each in found:
        assert all(0 <= a < b <= len(text) for a, b in cited_spans(each, clause, clause))
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


LAW = """第三十九条 申请人应当具备下列条件：
（一）有场所：
1.自有的；
2.租用的。
（二）有人员。
前款规定的条件由部门公布。
有下列情形之一的，不予受理：
(一)材料不全；
(二)逾期。"""


def test_parts_of_an_article() -> None:
    """款, 项 and 目 with their spans; an item whose 款 is not named is found only where one 款 has it."""
    assert [part.address for part in parts_of(LAW)] == ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "3", "3.1", "3.2"]
    assert [part.label for part in parts_of(LAW)[1:3]] == ["第一款第（一）项", "第一款第（一）项第1目"]
    words = {part.address: LAW[part.start : part.end] for part in parts_of(LAW)}
    assert words["1.1"] == "（一）有场所：\n1.自有的；\n2.租用的。"
    assert words["2"] == "前款规定的条件由部门公布。"
    assert find_part(LAW, (0, 2)) is None
    assert find_part(LAW, (0, 1, 2)) == find_part(LAW, (1, 1, 2))


@given(st.lists(st.sampled_from(["甲。", "（一）乙；", "（二）丙。", "1.丁", "①戊", "表 | 格", ""]), max_size=12))
def test_parts_of_any_text(lines: list[str]) -> None:
    """The 款 join to the whole text, and every part lies in the one that encloses it."""
    text = "\n".join(["第一条 总则", *lines])
    parts = parts_of(text)
    assert "\n".join(text[p.start : p.end] for p in parts if len(p.numbers) == 1) == text
    for part in parts:
        assert any(p.start <= part.start and part.end <= p.end for p in parts if p.numbers == part.numbers[:-1]) or (
            len(part.numbers) == 1
        )
