"""Files of every format: one tree for one document, and one sentence for what is no document."""

import io
import random
import re
import subprocess
import sys
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
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from corpus.cleaning import clean, source_offset
from corpus.document import parse_document
from corpus.errors import TiaowenError, UnreadableFile
from corpus.library import FILE_NAME, Library
from corpus.models import Document
from corpus.readers import LINE_LIMIT, PARAGRAPH_LIMIT, Source, read_bytes, read_file
from corpus.reading import Reading
from corpus.sweep import broken_invariants

LAYOUTS = sorted((Path(__file__).parent / "corpus_data" / "layouts").glob("*.txt"))


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


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_every_layout_gives_one_tree_in_every_format(path: Path) -> None:
    """So do all the layouts of the golden trees."""
    lines = clean(path.read_text("utf-8"))[0].split("\n")
    plain = shape(parse_document(read_bytes("a.txt", "\n".join(lines).encode()), "a"))
    for name, rendering in RENDERINGS.items():
        assert (name, shape(parse_document(read_bytes(name, rendering(lines)), "a"))) == (name, plain)


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


def test_html_with_control_characters() -> None:
    """What lxml reads and does not take back is a blank."""
    page = "<html><body><p>一、要求<script>a</script>公&#11;开<nav>b</nav>信&#x1f;息。</p></body></html>"
    assert read_bytes("a.html", page.encode()).reading.text.split() == ["一、要求公", "开信", "息。"]


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


def _encrypted() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "Article 1")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _package(document: str, name: str = "word/document.xml", relations: str = "") -> bytes:
    """A package with a main part, and with what it says of itself if that is given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, document)
        if relations:
            package.writestr("_rels/.rels", relations)
    return out.getvalue()


def _lying_bomb() -> bytes:
    """A package whose table of contents says that its part is small."""
    data = bytearray(_bomb())
    size = (140_000_000 + 3).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (900).to_bytes(4, "little")
    return bytes(data)


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
    "lying.docx": (_lying_bomb(), "DOCX"),
    "nested.docx": (_nested(), "XML"),
    "other.docx": (_other_zip(), "Word"),
    "cut.docx": (_numbered_word_file()[:900], "DOCX"),
    "protected.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "格式"),  # as Word encrypts
    "broken.pdf": (b"%PDF-1.4\n%%EOF", "PDF"),
    "cut.pdf": (RENDERINGS["a.pdf"](LAW)[:900], "PDF"),
    "encrypted.pdf": (_encrypted(), "密码"),
    "scan.pdf": (_scan(), "扫描"),
    "scripts.html": (b"<html><body><script>var a = 1</script></body></html>", "文字"),
    "deep.html": (b"<html>" + b"<div>" * 100_000 + "文".encode(), "文字"),
    "open.html": (b"<html><p>" + b"<" * (LINE_LIMIT + 1), "段"),
    "open.md": (b"<!--" * 100_000, "段"),
    "lines.txt": ("甲\n".encode() * (PARAGRAPH_LIMIT + 1), "段"),
    "million.txt": ("字".encode() * 1_000_000, "段"),
    "hidden.txt": ("\u202e\u200b\ue000\x07 \ufeff\n".encode() * 100, "文字"),
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


def test_bad_files_leave_nothing_behind(tmp_path: Path) -> None:
    """Adding them one after another, with a good one among them, leaves the good one alone and whole."""
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("\n".join(LAW), encoding="utf-8")
    library = Library.open(tmp_path / "home")
    results = list(library.add_many([tmp_path / name for name in [*BAD, "good.txt"]]))
    assert [result.path.name for result in results if result.problem] == list(BAD)
    assert [info.source_name for info in library.documents()] == ["good.txt"]
    assert {path.name for path in (tmp_path / "home").iterdir()} <= {FILE_NAME, FILE_NAME + "-wal", FILE_NAME + "-shm"}
    library.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the memory figures of Linux")
def test_bad_files_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A process that reads all of them, a bomb and 200 MB among them, stays below 600 MB."""
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(data)
    with (tmp_path / "large.docx").open("wb") as file:
        file.truncate(200_000_000)
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom corpus.errors import UnreadableFile\n"
        "from corpus.readers import read_file\nrefused = 0\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        read_file(path)\n    except UnreadableFile:\n        refused += 1\n"
        # not getrusage, whose peak is inherited from the process that runs the tests
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())[1]\n"
        "print(refused, int(peak) * 1024 // 1_000_000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    refused, megabytes = map(int, done.stdout.split())
    assert refused == len(BAD) + 1
    assert megabytes < 600


def test_text_with_marks_nobody_sees() -> None:
    """Controls, marks of direction and scripts go; what a person reads stays."""
    dirty = "第一条\u202e　为了\u200b规范\x07管理，\ue5e5制定本条例。\r\r\n第二条　本条例\u2066适用于\u2069本市。"
    document = parse_document(read_bytes("a.txt", dirty.encode()))
    assert document.text == "第一条 为了规范管理，制定本条例。\n第二条 本条例适用于本市。"
    page = "<html><body onload='x()'><p>第一条　甲。<script>document.write('第二条')</script></p><p>第三条　乙。</p>"
    assert read_bytes("a.html", page.encode()).reading.text.count("第二条") == 0


def test_packages_that_name_their_parts_otherwise() -> None:
    """Strict files, and files whose main part has another name, are read as well."""
    body = "<w:body><w:p><w:r><w:t>第一条 公开。</w:t></w:r></w:p></w:body>"
    strict = f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">{body}</w:document>'
    assert read_bytes("a.docx", _package(strict)).reading.text == "第一条 公开。"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = f'<Relationships><Relationship Type="{kind}" Target="/word/document2.xml"/></Relationships>'
    assert read_bytes("a.docx", _package(strict, "word/document2.xml", relations)).reading.text == "第一条 公开。"


PARTS = {
    name: zipfile.ZipFile(io.BytesIO(_numbered_word_file())).read(name)
    for name in ("word/document.xml", "word/numbering.xml", "word/styles.xml")
}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(PARTS)), st.integers(0, 2**31))
def test_damaged_parts_of_a_word_file(name: str, seed: int) -> None:
    """Values and tags changed inside the package, where no checksum tells: a document or a refusal."""
    chance = random.Random(seed)
    text = PARTS[name].decode()
    for _ in range(chance.randrange(1, 5)):
        values = [found.span(1) for found in re.finditer(r'w:val="([^"]*)"', text)]
        begin, end = chance.choice(values) if values else (0, 0)
        new = chance.choice(["", "-1", "9" * 30, "9" * 5000, "²", "%1%2%9", "decimal", "none", "x"])
        text = text[:begin] + new + text[end:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part, data in PARTS.items():
            package.writestr(part, text if part == name else data)
    try:
        document = parse_document(read_bytes("a.docx", out.getvalue()))
    except TiaowenError:
        return
    assert broken_invariants(document) == []


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
