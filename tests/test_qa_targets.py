"""The targets of a document come as one complete table."""

import pytest
from qa_fakes import FakeIndex, FakeLibrary, clause, document

from corpus.models import Target
from qa.answer import Answer, answer_question
from qa.catalogue import catalogue_of
from qa.question import understand
from qa.targets import asks_targets

TEXT = "到2020年，收入达到43亿元，企业超过5家。"
GOALS = clause(
    "north/1",
    TEXT,
    path=("一、目标",),
    targets=[
        Target("收入", "=", "43", "亿元", "2020", TEXT.index("收入"), TEXT.index("亿元") + 2),
        Target("企业", ">", "5", "家", "2020", TEXT.index("企业"), TEXT.index("家") + 1),
    ],
)
LATER = clause("north/2", "建成蜂场20个。", path=("二、任务",), targets=[Target("蜂场", "=", "20", "个", None, 2, 7)])
OTHER = clause(
    "south/1",
    "2025年建蜂场9个。",
    path=("一、目标",),
    targets=[Target("蜂场", "=", "9", "个", "2025", 5, 10)],
)
LIBRARY = FakeLibrary(
    [
        document("north", "山西省养蜂方案", "山西", [LATER, GOALS]),
        document("south", "广西壮族自治区养蜂方案", "广西", [OTHER]),
    ]
)


def ask(text: str) -> Answer:
    """The answer from the two small plans."""
    return answer_question(text, LIBRARY, FakeIndex(LIBRARY))


def test_complete_with_clause_and_words() -> None:
    """Each row carries the printed words and where they stand."""
    rows = ask("山西有哪些量化目标").targets
    assert [(row.subject, row.comparison, row.value, row.unit, row.year) for row in rows] == [
        ("蜂场", "=", "20", "个", None),
        ("收入", "=", "43", "亿元", "2020"),
        ("企业", ">", "5", "家", "2020"),
    ]
    for row in rows:
        assert LIBRARY.clause(row.clause_id).text[row.start : row.end] == row.phrase


def test_the_clause_with_the_most_targets_leads() -> None:
    """And the answer runs from its first target to its last."""
    answer = ask("山西的量化目标有哪些")
    assert answer.citations[0].clause_id == "north/1"
    assert answer.answer
    assert answer.answer.text == "收入达到43亿元，企业超过5家"


def test_years_choose() -> None:
    """Targets of the year asked for, and those without a year."""
    assert [row.clause_id for row in ask("到2025年有哪些量化目标").targets] == ["north/2", "south/1"]


def test_no_target_of_the_year_is_said() -> None:
    """A year of which nothing is promised is not answered with another one's targets, nor with anything else."""
    answer = ask("广西2030年有哪些量化目标")
    assert answer.status == "not_found"
    assert answer.reason == "文件里的量化目标是2025年的，没有2030年的。"


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("到2020年有哪些量化目标", True),
        ("山西的主要目标是什么", True),
        ("列出全部指标", True),
        ("收入目标是多少", False),
        ("蜂场建设的目标有哪些", False),  # has a subject
        ("目标", False),
    ],
)
def test_only_questions_for_the_table(text: str, wants: bool) -> None:
    """A question with a subject of its own goes to retrieval."""
    assert asks_targets(understand(text, catalogue_of(LIBRARY))) is wants
