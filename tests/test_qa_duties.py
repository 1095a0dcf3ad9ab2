"""The tasks of a department are listed completely, by lead and support, under any of its names."""

import pytest
from qa_fakes import FakeIndex, FakeLibrary, clause, document

from qa.answer import Answer, answer_question
from qa.catalogue import catalogue_of
from qa.duties import asks_duties
from qa.roles import is_lead
from qa.spans import departments_span

NORTH = document(
    "north",
    "山西省养蜂方案",
    "山西",
    [
        clause(
            "north/1",
            "育种。选育良种。（责任部门：省科技厅、省农业厅）",
            path=("一、任务", "育种。"),
            duties=[("责任部门", "省科技厅"), ("责任部门", "省农业厅")],
        ),
        clause(
            "north/2",
            "物流。建设中心。（责任部门：省商务厅）",
            path=("一、任务", "物流。"),
            duties=[("责任部门", "省商务厅")],
        ),
    ],
)
SOUTH = document(
    "south",
    "广西壮族自治区养蜂方案",
    "广西",
    [
        clause(
            "south/1",
            "1.育种。选育良种。(牵头单位:自治区科技厅、发展改革委,配合单位:自治区农业厅、工业和信息化委)",
            path=("一、任务", "1.育种。"),
            duties=[
                ("牵头单位", "自治区科技厅"),
                ("牵头单位", "发展改革委"),
                ("配合单位", "自治区农业厅"),
                ("配合单位", "工业和信息化委"),
            ],
        ),
        clause(
            "south/2",
            "2.物流。建设园区。(牵头单位:工业和信息化委、发展改革委,配合单位:人力资源社会保障厅)",
            path=("一、任务", "2.物流。"),
            duties=[
                ("牵头单位", "工业和信息化委"),
                ("牵头单位", "发展改革委"),
                ("配合单位", "人力资源社会保障厅"),
            ],
        ),
        clause("south/3", "结语。", path=("二、结语",)),
    ],
)
LIBRARY = FakeLibrary([NORTH, SOUTH])
INDEX = FakeIndex(LIBRARY)
CATALOGUE = catalogue_of(LIBRARY)


def ask(text: str, k: int = 5) -> Answer:
    """The answer from the two small plans."""
    return answer_question(text, LIBRARY, INDEX, k=k)


@pytest.mark.parametrize(
    ("question", "lead", "support"),
    [
        ("省商务厅负责哪些任务", ["north/2"], []),
        ("广西工信委管什么", ["south/2"], ["south/1"]),
        ("自治区经信委负责哪些工作", ["south/2"], ["south/1"]),
        ("广西工信委牵头哪些任务", ["south/2"], []),
        ("广西工信委配合哪些工作", [], ["south/1"]),
        ("科技厅承担哪些任务", ["north/1", "south/1"], []),
        ("发改委和工信委一起管什么", ["south/1", "south/2", "south/2"], ["south/1"]),
        ("广西发改委和工信委共同参与哪些任务", ["south/1", "south/2", "south/2"], ["south/1"]),
        ("广西农业农村厅有什么任务", [], ["south/1"]),  # today's name of 农业厅
        ("广西医保局有哪些职责", [], ["south/2"]),  # did not exist yet
    ],
)
def test_complete_lists(question: str, lead: list[str], support: list[str]) -> None:
    """Every clause and no other, lead before support."""
    table = ask(question).duties
    assert table
    assert [entry.clause_id for entry in table.lead] == lead
    assert [entry.clause_id for entry in table.support] == support


def test_the_list_is_complete_whatever_k_is() -> None:
    """Citations stop at k, the table does not."""
    answer = ask("科技厅承担哪些任务", k=1)
    assert [each.clause_id for each in answer.citations] == ["north/1"]
    assert answer.duties
    assert len(answer.duties.lead) == 2


def test_entries_point_at_the_printed_name() -> None:
    """The span of an entry is the department in the clause's text."""
    table = ask("发改委和工信委一起管什么").duties
    assert table
    for entry in (*table.lead, *table.support):
        assert LIBRARY.clause(entry.clause_id).text[entry.start : entry.end] == entry.department


def test_a_later_department_is_explained() -> None:
    """The remark names who did the work at that time."""
    answer = ask("广西医保局有哪些职责")
    assert answer.duties
    assert answer.duties.remark == "文件里没有医保局，当时由人力资源社会保障厅承担"


def test_a_department_without_duties() -> None:
    """Said plainly."""
    answer = ask("山西教育厅负责哪些任务")
    assert answer.status == "not_found"
    assert answer.reason
    assert "没有给教育厅分派任务" in answer.reason


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("省商务厅负责哪些任务", True),
        ("发改委和工信委一起管什么", True),
        ("山西省科技厅到2020年要做什么", True),
        ("商务厅怎么推动物流园区建设", False),  # about a subject
        ("谁牵头育种", False),  # asks for the department
        ("明天天气怎么样", False),
    ],
)
def test_only_questions_about_a_department(text: str, is_one: bool) -> None:
    """A subject of its own sends a question to retrieval."""
    from qa.answer import read

    question = read(text, LIBRARY, CATALOGUE)
    assert asks_duties(question, named=bool(question.departments)) is is_one


def test_who_leads_is_the_list_of_leads() -> None:
    """For a question about a clause's departments the printed list is quoted."""
    held = LIBRARY.clause("south/1")
    cut = {
        question: held.text[slice(*(departments_span(question, held) or (0, 0)))]
        for question in ("谁牵头育种", "育种哪些部门配合", "育种涉及哪些部门")
    }
    assert cut == {
        "谁牵头育种": "自治区科技厅、发展改革委",
        "育种哪些部门配合": "自治区农业厅、工业和信息化委",
        "育种涉及哪些部门": "自治区科技厅、发展改革委,配合单位:自治区农业厅、工业和信息化委",
    }


@pytest.mark.parametrize(
    ("role", "lead"),
    [("牵头单位", True), ("责任部门", True), ("按职责分工负责", True), ("配合单位", False), ("参与", False)],
)
def test_roles(role: str, lead: bool) -> None:
    """What a document calls them."""
    assert is_lead(role) is lead
