"""Citations can be taken along as a line, a reference, Markdown and JSON."""

import json

from qa_fakes import FakeIndex, FakeLibrary, clause, document

from corpus.models import DocumentInfo
from qa.answer import answer_question
from qa.citation import cite
from qa.export import gb7714, official_line, to_json, to_markdown

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


def test_json_is_the_answer() -> None:
    """Field by field."""
    answer = answer_question("蜂场蜂农有几个", LIBRARY, FakeIndex(LIBRARY))
    body = json.loads(to_json(answer))
    assert body["citations"][0]["source"] == {"start": 0, "end": len(CLAUSE.text)}
    assert body["answer"]["text"] == answer.answer.text if answer.answer else False
