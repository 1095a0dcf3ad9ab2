"""Over the two shipped plans: duties, targets, places and references are answered exactly."""

import re
from pathlib import Path

import pytest
from qa_fakes import FakeIndex, FakeLibrary

from corpus.library import Library
from qa.answer import Answer, answer_question
from qa.departments import department_key


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> FakeLibrary:
    """The two plans as the corpus parses them, in memory."""
    home: Path = tmp_path_factory.mktemp("home")
    library = Library.open(home)
    library.add_samples()
    return FakeLibrary([library.document("shanxi-2016"), library.document("guangxi-2016")])


def ask(text: str, plans: FakeLibrary, k: int = 5, previous: str | None = None) -> Answer:
    """The answer, with a toy index: what is tested here does not rank."""
    return answer_question(text, plans, FakeIndex(plans), k=k, previous=previous)


def tails(plans: FakeLibrary, document_id: str) -> dict[str, str]:
    """The printed list of departments of each clause, cut out of the text without the help of the parser."""
    found = {}
    for clause in plans.document(document_id).clauses:
        brackets = re.findall(r"[(（]([^()（）]*(?:单位|部门|负责)[^()（）]*)[)）]\s*$", clause.text)
        if brackets:
            found[clause.clause_id] = brackets[-1]
    return found


# What each department is called in the lists of its plan, and other names people use for it.
SHANXI = {
    "省科技厅": "科技厅",
    "省经信委": "经信委 工信委 工信厅",
    "省食品药品监管局": "食药监局 药监局",
    "省发展改革委": "发改委",
    "省农业厅": "农业农村厅",
    "省林业厅": "林业局",
    "省环保厅": "环保厅 生态环境厅",
    "省卫生计生委": "卫计委 卫健委",
    "省商务厅": "商务厅",
    "省财政厅": "财政厅",
    "省人力资源社会保障厅": "人社厅",
    "省金融办": "金融办",
    "省教育厅": "教育厅",
}
GUANGXI = {
    "科技厅": "自治区科技厅",
    "发展改革委": "发改委",
    "卫生计生委": "卫健委",
    "工业和信息化委": "工信委 经信委",
    "食品药品监管局": "药监局",
    "农业厅": "农业厅",
    "林业厅": "林业厅",
    "质监局": "质监局",
    "环境保护厅": "环保厅",
    "商务厅": "商务厅",
    "旅游发展委": "旅发委",
    "民政厅": "民政厅",
    "工商局": "工商局",
    "人民银行南宁中心支行": "人民银行 央行",
    "广西保监局": "保监局",
    "公安厅": "公安厅",
    "广西银监局": "银监局",
    "人力资源社会保障厅": "人社厅",
    "财政厅": "财政厅",
    "物价局": "物价局",
    "广西残联": "残联",
    "南宁海关": "海关",
    "投资促进局": "投促局",
    "金融办": "金融办",
    "广西证监局": "证监局",
    "政管办": "政管办",
    "教育厅": "教育厅",
    "安全监管局": "安监局",
    "各设区市人民政府": "各设区市人民政府",
    "南宁市人民政府": "南宁市人民政府",
}
ALL = [("shanxi-2016", "山西", printed, name) for printed, names in SHANXI.items() for name in names.split()]
ALL += [("guangxi-2016", "广西", printed, name) for printed, names in GUANGXI.items() for name in names.split()]


@pytest.mark.parametrize(("document_id", "region", "printed", "name"), ALL)
def test_duties_are_complete(plans: FakeLibrary, document_id: str, region: str, printed: str, name: str) -> None:
    """The clauses of the answer are those whose printed list names the department: none missing, none more."""
    table = ask(f"{region}{name}负责哪些任务", plans).duties
    assert table
    expected = {clause_id for clause_id, tail in tails(plans, document_id).items() if printed in tail}
    assert expected
    assert {entry.clause_id for entry in (*table.lead, *table.support)} == expected


def test_every_department_of_the_plans_is_in_the_lists_above(plans: FakeLibrary) -> None:
    """Nothing that the corpus found is left untested."""
    known = {department_key(name) for name in (*SHANXI, *GUANGXI)}
    held = {department_key(duty.department) for clause in plans.clauses() for duty in clause.duties}
    assert held - known == {"各市、县人民政府", "各有关部门"}


def test_lead_and_support_by_hand(plans: FakeLibrary) -> None:
    """Read off the printed plan: what 商务厅 leads and supports in Guangxi; it does both in 13."""
    table = ask("广西商务厅负责哪些任务", plans).duties
    assert table
    numbers = [re.sub(r"^.*?(\d+)$", r"\1", entry.clause_id) for entry in table.lead]
    assert numbers == ["12", "13", "16", "18", "13"]
    assert [entry.clause_id.split("/")[1] for entry in table.support] == ["2.3.9", "2.3.10", "2.4.13", "2.5.14", "3.8"]


def test_departments_together(plans: FakeLibrary) -> None:
    """Clauses in which both have a part, read off the printed lists."""
    table = ask("山西农业厅和商务厅一起管什么", plans).duties
    assert table
    assert {entry.clause_id for entry in table.lead} == {"shanxi-2016/2.3/1"}


TARGETS = {
    "shanxi-2016": {
        ("1-3", "个"),
        ("50", "个"),
        ("430", "亿元"),
        ("20", "%"),
    },
    "guangxi-2016": {("12", "%"), ("5", "家"), ("15", "家")},
}


@pytest.mark.parametrize(("region", "document_id"), [("山西", "shanxi-2016"), ("广西", "guangxi-2016")])
def test_targets_are_complete(plans: FakeLibrary, region: str, document_id: str) -> None:
    """The numbers that the plans promise, read by hand."""
    rows = ask(f"{region}到2020年有哪些量化目标", plans).targets
    assert {(row.value, row.unit) for row in rows} == TARGETS[document_id]
    assert all(plans.clause(row.clause_id).text[row.start : row.end] == row.phrase for row in rows)


@pytest.mark.parametrize(
    ("question", "addresses"),
    [
        ("广西方案第13条", ["2.4.13"]),
        ("广西方案第12条到第14条讲了什么", ["2.4.12", "2.4.13", "2.5.14"]),
        ("广西二（四）", ["2.4.12", "2.4.13"]),
        ("广西方案（十三）讲什么", ["3.13"]),
        ("山西方案二（三）", ["2.3/1", "2.3/2", "2.3/3"]),
        ("山西方案第二部分第三节", ["2.3/1", "2.3/2", "2.3/3"]),
        ("山西方案一、（三）", ["1.3/1"]),
        ("山西一（二）3", ["1.2.3"]),
        ("山西方案二（一）至（二）", ["2.1/1", "2.1/2", "2.1/3", "2.1/4", "2.2/1"]),
    ],
)
def test_places(plans: FakeLibrary, question: str, addresses: list[str]) -> None:
    """Exact, in the order of the document, at most k."""
    answer = ask(question, plans)
    assert [each.clause_id.split("/", 1)[1] for each in answer.citations] == addresses


def test_places_that_are_not_there(plans: FakeLibrary) -> None:
    """Said plainly."""
    for question in ("山西方案二（九）", "广西方案第99条", "山西方案第三十九条"):
        answer = ask(question, plans)
        assert answer.status == "not_found"
        assert answer.reason
        assert "没有" in answer.reason


def test_who_refers_to_a_document_number(plans: FakeLibrary) -> None:
    """Both plans carry out 国办发〔2016〕11号; the words quoted are the mention."""
    answer = ask("国办发〔2016〕11号被哪些文件引用", plans)
    assert {each.document_id for each in answer.citations} == {"shanxi-2016", "guangxi-2016"}
    assert answer.answer
    assert "国办发〔2016〕11号" in answer.answer.text
    missing = ask("国办发〔2019〕7号被哪些文件引用", plans)
    assert missing.status == "not_found"


def test_a_follow_up_keeps_the_topic(plans: FakeLibrary) -> None:
    """那广西呢 after a question about a place in Shanxi's plan or a department of its."""
    answer = ask("那广西呢", plans, previous="山西商务厅负责哪些任务")
    assert answer.understood.resolved == "广西商务厅负责哪些任务"
    assert answer.duties
    assert {entry.document_id for entry in (*answer.duties.lead, *answer.duties.support)} == {"guangxi-2016"}
