"""Answers can be taken along: citations as a line and a reference, the whole with its lists as Markdown."""

import pytest
from qa_fakes import FakeIndex, FakeLibrary, clause, document

from corpus.models import DocumentInfo, Target
from qa.answer import answer_question
from qa.citation import cite
from qa.export import escaped, gb7714, listing, official_line, to_markdown

INFO = DocumentInfo(
    "a",
    "养蜂方案",
    "山西",
    "山西省人民政府办公厅",
    "晋政办发〔2016〕1号",
    "2016-10-11",
    {},
    (),
    {},
    "x",
    9,
    1,
    0,
)
BARE = DocumentInfo("a", "养蜂方案", None, None, None, None, {}, (), {}, "x", 9, 1, 0)
CLAUSE = clause("a/1", "蜂场*5*个，蜂农1户。", path=("一、目标",))
LABELLED = cite(CLAUSE, INFO, rank=1, score=0.9, highlights=[(0, 6)])


def test_the_official_line() -> None:
    """Title, number, place."""
    assert official_line(LABELLED) == "《养蜂方案》（晋政办发〔2016〕1号）《a》一、目标"


def test_gb7714() -> None:
    """Issuer, title, number, type, date, place; the unknown is left out or said to be unknown."""
    assert gb7714(LABELLED).startswith("山西省人民政府办公厅. 养蜂方案: 晋政办发〔2016〕1号[Z]. 2016-10-11: ")
    assert gb7714(cite(CLAUSE, BARE, rank=1, score=0.9)).startswith("养蜂方案[Z]. [日期不详]: ")


LIBRARY = FakeLibrary([document("a", "养蜂方案", None, [CLAUSE])])


def test_markdown_marks_the_quoted_words() -> None:
    """Bold where quoted, escaped where the text holds marks of its own."""
    text = to_markdown(answer_question("蜂场蜂农有几个", LIBRARY, FakeIndex(LIBRARY)))
    assert "**问：** 蜂场蜂农有几个" in text
    assert "蜂场\\*5\\*个" in text
    assert CLAUSE.sha256 in text


def test_markdown_of_a_refusal() -> None:
    """The reason, no answer."""
    text = to_markdown(answer_question("明天下雨", LIBRARY, FakeIndex(LIBRARY)))
    assert "没有找到答案" in text


FULL = FakeLibrary(
    [
        document(
            "north",
            "山西省养蜂方案",
            "山西",
            [
                clause("north/1", "蜂蜜物流中心5个。（责任部门：省商务厅）", duties=[("责任部门", "省商务厅")]),
                clause("north/2", "产蜜9吨。", targets=[Target("产蜜", "=", "9", "吨", "2020", 0, 4)]),
            ],
        ),
        document(
            "south",
            "广西养蜂方案",
            "广西",
            [clause("south/1", "蜂蜜物流中心8个。（配合单位：省商务厅）", duties=[("配合单位", "省商务厅")])],
        ),
    ]
)


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (
            "商务厅负责哪些任务",
            [
                "牵头或负责（1项）：",
                "省商务厅（责任部门）：《north》",
                "配合（1项）：",
                "省商务厅（配合单位）：《south》",
            ],
        ),
        ("有哪些量化目标", ["2020年产蜜：产蜜9吨（《north》）"]),
        ("山西和广西在蜂蜜物流上有什么不同", ["《north》，只有这里有5个 —— 《south》，只有这里有8个"]),
        ("蜂蜜物流中心有几个", []),
    ],
)
def test_complete_lists_are_taken_along(question: str, lines: list[str]) -> None:
    """Every entry, not only those among the first citations."""
    answer = answer_question(question, FULL, FakeIndex(FULL), k=1)
    assert listing(answer) == lines
    assert all(f"- {escaped(line)}" in to_markdown(answer) for line in lines)
