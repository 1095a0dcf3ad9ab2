"""Files of every format: one tree for one document, and one sentence for what is no document."""

import io
import random
import time
import zipfile
from pathlib import Path

import pytest
from corpus_files import LAW, RENDERINGS, TEXTS
from docx import Document as WordFile
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus.cleaning import clean, source_offset
from corpus.document import parse_document
from corpus.errors import TiaowenError, UnreadableFile
from corpus.models import Document
from corpus.readers import LINE_LIMIT, Source, read_bytes, read_file
from corpus.reading import Reading
from corpus.sweep import broken_invariants


def shape(document: Document) -> list[tuple[str, tuple[str, ...], str]]:
    """What must not depend on the format."""
    return [(clause.clause_id, clause.path, clause.text) for clause in document.clauses]


@pytest.mark.parametrize("name", list(RENDERINGS))
@pytest.mark.parametrize("text", list(TEXTS))
def test_one_document_gives_one_tree_in_every_format(text: str, name: str) -> None:
    """TXT, Markdown, HTML, DOCX and PDF of a document have the same addresses, paths and texts."""
    plain = parse_document(read_bytes("a.txt", "\n".join(TEXTS[text]).encode()), text)
    document = parse_document(read_bytes(name, RENDERINGS[name](TEXTS[text])), text)
    assert shape(document) == shape(plain)
    assert broken_invariants(document) == []


def test_pdf_keeps_pages() -> None:
    """Each character of a PDF knows its page; running headers and page numbers are gone."""
    document = parse_document(read_bytes("a.pdf", RENDERINGS["a.pdf"](TEXTS["guangxi-2016"])))
    assert "政府公报" not in document.text
    assert "— 2 —" not in document.text
    pages = [source_offset(document.source_map, clause.start)[1] for clause in document.clauses]
    assert pages[0] == 1
    assert pages == sorted(pages, key=lambda page: page or 0)
    assert (pages[-1] or 0) >= 8


def _numbered_word_file() -> bytes:
    """A Word file whose numbers stand only in its numbering definitions."""
    levels = [("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")]
    word = WordFile()
    numbering = word.part.numbering_part.element
    body = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{body}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in [
        (0, "总体要求"),
        (1, "目标。"),
        (None, "到2020年全面建成。"),
        (1, "原则"),
        (2, "公开。信息应当公开。"),
        (2, "公平。待遇应当公平。"),
        (0, "保障"),
        (1, "加强领导。各地要加强领导。"),
    ]:
        paragraph = word.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            use = OxmlElement("w:numPr")
            for tag, value in (("w:ilvl", str(level)), ("w:numId", "90")):
                node = OxmlElement(tag)
                node.set(qn("w:val"), value)
                use.append(node)
            properties.append(use)
    table = word.add_table(2, 2)
    for i, words in enumerate(["项目", "标准", "门诊", "10元"]):
        table.cell(i // 2, i % 2).text = words
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_word_numbers_from_definitions() -> None:
    """Numbers that Word counts are printed into the text, and tables become rows."""
    text = parse_document(read_bytes("a.docx", _numbered_word_file())).text
    assert text.split("\n") == [
        "一、总体要求", "（一）目标。", "到2020年全面建成。", "（二）原则", "1.公开。信息应当公开。",
        "2.公平。待遇应当公平。",
        "二、保障", "（一）加强领导。各地要加强领导。", "项目 | 标准", "门诊 | 10元",
    ]  # fmt: skip


def test_html_lists_and_tables() -> None:
    """Numbered lists get their numbers back; tables become rows; scripts and hidden parts are no text."""
    page = """<html><head><meta charset=utf-8></head><body><p>一、要求</p><ol><li>公开信息。<li>接受监督。</ol>
    <table><tr><th>项目<th>标准</tr><tr><td>门诊<td>10元</tr></table><script>alert("二、广告")</script>
    <p style="display: none">隐藏的话。</p></body></html>"""
    assert read_bytes("a.html", page.encode()).reading.text.split("\n") == [
        "一、要求", "1.公开信息。", "2.接受监督。", "项目 | 标准", "门诊 | 10元",
    ]  # fmt: skip


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<w>" + b" " * 140_000_000)
    return out.getvalue()


def _nested() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a>" * 100_000 + "</a>" * 100_000)
    return out.getvalue()


def _other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/epub+zip")
    return out.getvalue()


def _scan() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


BAD = {
    "empty.txt": (b"", "空"),
    "blank.txt": (b"\xef\xbb\xbf \r\n\t", "文字"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "二进制"),
    "noise.txt": (bytes(random.Random(7).randrange(128, 256) for _ in range(4000)), "编码"),
    "table.xlsx": (b"abc", "格式"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "格式"),
    "bomb.docx": (_bomb(), "炸弹"),
    "nested.docx": (_nested(), "XML"),
    "other.docx": (_other_zip(), "Word"),
    "cut.docx": (_numbered_word_file()[:900], "DOCX"),
    "broken.pdf": (b"%PDF-1.4\n%%EOF", "PDF"),
    "scan.pdf": (_scan(), "扫描"),
    "scripts.html": (b"<html><body><script>var a = 1</script></body></html>", "文字"),
    "line.txt": (("字" * (LINE_LIMIT + 1)).encode(), "段"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_bad_files_are_refused_in_one_sentence(name: str) -> None:
    """What is no document is refused at once with a line that names the file and says why."""
    data, reason = BAD[name]
    began = time.process_time()
    with pytest.raises(UnreadableFile) as refusal:
        read_bytes(name, data)
    message = str(refusal.value)
    assert message.startswith(name)
    assert reason in message
    assert "\n" not in message
    assert time.process_time() - began < 20  # bounded, whatever the machine


def test_large_and_missing_files(tmp_path: Path) -> None:
    """A file of 200 MB is refused by its size alone, a missing one by its name."""
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(UnreadableFile, match=r"large\.txt.*上限"):
        read_file(large)
    with pytest.raises(UnreadableFile, match=r"none\.txt"):
        read_file(tmp_path / "none.txt")


SEEDS = {name: RENDERINGS[name](LAW) for name in RENDERINGS}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 2**31), st.booleans())
def test_damaged_files_never_raise_anything_else(name: str, seed: int, truncated: bool) -> None:
    """Cut off or with some bytes changed, a file gives a document with its invariants or a refusal."""
    chance = random.Random(seed)
    data = bytearray(SEEDS[name])
    if truncated:
        data = data[: chance.randrange(len(data))]
    for _ in range(chance.randrange(1, 30)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        document = parse_document(read_bytes(name, bytes(data)))
    except TiaowenError:
        return
    assert broken_invariants(document) == []


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "第一条 甲。",
                "第二条 乙：",
                "第二条规定的",
                "第一条之一 丙",
                "第一章 总则",
                "一、要求",
                "二、任务",
                "（一）目标。",
                "（二）原则。公开。",
                "1.公开。信息公开。",
                "2.公平；",
                "（1）甲；",
                "①乙。",
                "附件",
                "附件1：表",
                "某某通知",
                "2016年8月26日",
                "某某厅",
                "目录",
                "来源：某网",
                "1.1 范围",
                "（责任单位：省科技厅）",
                "甲 ",
                " 乙",
                "各市：",
            ]
        ),
        st.text(max_size=30),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_any_lines_keep_the_invariants(lines: list[str]) -> None:
    """However headings, articles and sentences are mixed, nothing is lost and no address comes twice."""
    text = "\n".join(lines)
    assume(clean(text)[0])
    document = parse_document(Source("a.txt", b"", Reading(text)))
    assert broken_invariants(document) == []
