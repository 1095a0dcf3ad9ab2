"""An answer can be taken along as a Word file that holds every word of it."""

import io
import zipfile
from xml.etree import ElementTree

from qa_fakes import FakeIndex, FakeLibrary, clause, document

from qa.answer import answer_question
from qa.word import NAMESPACE, to_docx

LIBRARY = FakeLibrary([document("a", "养蜂方案", None, [clause("a/1", "蜂场<5>个，\n蜂农&1户。")])])
INDEX = FakeIndex(LIBRARY)


def words(data: bytes) -> tuple[list[str], list[str]]:
    """The paragraphs of a Word file, and its bold runs."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    name = f"{{{NAMESPACE}}}"
    paragraphs = ["".join(text.text or "" for text in p.iter(f"{name}t")) for p in root.iter(f"{name}p")]
    bold = [
        "".join(text.text or "" for text in run.iter(f"{name}t"))
        for run in root.iter(f"{name}r")
        if run.find(f"{name}rPr/{name}b") is not None
    ]
    return paragraphs, bold


def test_question_answer_and_clause() -> None:
    """Marks of XML are text; line ends become paragraphs; the quoted words are bold."""
    answer = answer_question("蜂场蜂农有几个", LIBRARY, INDEX)
    paragraphs, bold = words(to_docx(answer))
    assert paragraphs[0] == "问：蜂场蜂农有几个"
    assert answer.answer
    assert paragraphs[1] == "答：" + answer.answer.text.replace("\n", "")
    assert "蜂农&1户。" in paragraphs
    assert "蜂农&1户" in bold
    assert "蜂场<5>个，" in paragraphs


def test_a_refusal() -> None:
    """Says so."""
    assert words(to_docx(answer_question("明天下雨", LIBRARY, INDEX)))[0][1].startswith("没有找到答案")


def test_same_answer_same_bytes() -> None:
    """No time of writing."""
    answer = answer_question("蜂场蜂农有几个", LIBRARY, INDEX)
    assert to_docx(answer) == to_docx(answer)
