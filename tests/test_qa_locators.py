"""Places named in a question are read in every form and lead to the very clauses."""

import pytest
from qa_fakes import clause

from index.tokens import normalize
from qa.locators import Locator, Step, clauses_at, find_locators


def steps(text: str) -> list[tuple[str, int, int]]:
    """The levels of the one locator in a text."""
    found = find_locators(normalize(text))
    return [(step.style, step.first, step.last) for step in found[0].steps] if found else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("劳动法第三十九条", [("条", 39, 39)]),
        ("第39条", [("条", 39, 39)]),
        ("第13至15条", [("条", 13, 15)]),
        ("第三条到第五条", [("条", 3, 5)]),
        ("民法典一千零四十二条是什么", [("条", 1042, 1042)]),
        ("第一百二十条之一", [("条之1", 120, 120)]),
        ("山西方案二（三）", [("一、", 2, 2), ("（一）", 3, 3)]),
        ("二、（三）1.说了什么", [("一、", 2, 2), ("（一）", 3, 3), ("1.", 1, 1)]),
        ("二（三）至（五）", [("一、", 2, 2), ("（一）", 3, 5)]),
        ("二（三）—二（五）", [("一、", 2, 2), ("（一）", 3, 5)]),
        ("（十二）讲了什么", [("（一）", 12, 12)]),
        ("第二部分", [("一、", 2, 2)]),
        ("第二章第三节", [("章", 2, 2), ("节", 3, 3)]),
        # not places
        ("一、二、三类医疗器械", []),
        ("第三方机构", []),
        ("有13条措施吗", []),
        ("第一类医疗器械", []),
    ],
)
def test_forms(text: str, expected: list[tuple[str, int, int]]) -> None:
    """One row per way to write a place."""
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("国办发〔2016〕11号被哪些文件引用", "国办发〔2016〕11号"),
        ("按照国办发[2016]11号", "国办发〔2016〕11号"),
        ("发改产业（2016）1523号", "发改产业〔2016〕1523号"),
        ("哪些文件提到国办发2016年11号文", "国办发〔2016〕11号"),
        ("国办发2016-11号", "国办发〔2016〕11号"),
        ("哪些文件引用了发改产业[2016]1523号", "发改产业〔2016〕1523号"),
    ],
)
def test_document_numbers(text: str, number: str) -> None:
    """Any brackets, one printed form."""
    assert find_locators(normalize(text))[0].document_number == number


def test_paragraph_and_item() -> None:
    """第十条第二款第三项 keeps all three."""
    assert find_locators("第十条第二款第三项")[0] == Locator("第十条第二款第三项", (Step("条", 10, 10),), 2, 3)


PLAN = [
    clause("p/1", "到2020年，规模扩大。", path=("一、工作目标",)),
    clause("p/2", "1.促进创新。", path=("二、主要任务", "(一)加强技术创新。", "1.促进创新。")),
    clause("p/3", "2.推动产业化。", path=("二、主要任务", "(一)加强技术创新。", "2.推动产业化。")),
    clause("p/4", "13.加强诚信。", path=("二、主要任务", "(四)发展物流。", "13.加强诚信。")),
    clause("p/5", "(十三)加强监管。", path=("三、保障", "(十三)加强监管。")),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("第13条", ["p/4"]),  # the running number of a plan
        ("第1条到第2条", ["p/2", "p/3"]),
        ("二（一）", ["p/2", "p/3"]),
        ("二、（一）2.", ["p/3"]),
        ("（十三）", ["p/5"]),
        ("第一部分", ["p/1"]),
        ("第99条", []),
        ("二（九）", []),
    ],
)
def test_places_lead_to_clauses(text: str, ids: list[str]) -> None:
    """Exact, in order, and empty where nothing stands there."""
    locator = find_locators(normalize(text))[0]
    assert [each.clause_id for each in clauses_at(locator, PLAN)] == ids


def test_articles_are_preferred_to_running_numbers() -> None:
    """In a law 第二条 is the article, whatever items carry a 2."""
    law = [
        clause("l/1", "第一条 为了。", path=("第一章 总则", "第一条")),
        clause("l/2", "第二条 下列：", path=("第一章 总则", "第二条")),
        clause("l/3", "2.其他", path=("附则", "2.其他")),
    ]
    assert [each.clause_id for each in clauses_at(find_locators("第二条")[0], law)] == ["l/2"]
