"""Foreign files are read in a process of their own: what they do to it is one sentence and nothing else."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_files import LAW, RENDERINGS

from corpus import isolated, readers
from corpus.errors import BrokenLibrary, TiaowenError, UnreadableFile
from corpus.isolated import read_bytes, read_file
from corpus.library import FILE_NAME, Library, expand
from corpus.reading import Reading

needs_fork = pytest.mark.skipif(not isolated._FORKS, reason="limits need a system that can fork")


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> isolated._Helper:
    """A helper of this test's own, forked when it is first asked, with the readers as they are by then."""
    found = isolated._Helper()
    monkeypatch.setattr(isolated, "_HELPER", found)
    monkeypatch.setattr(isolated, "_is_single", lambda: True)
    return found


def hostile(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> None:
    """Let the reader of text files do something else, as one taken over by a file would."""

    def read(_: bytes) -> Reading:
        return Reading(f"一、{does()}。")

    monkeypatch.setitem(readers.READERS, ".txt", read)


@pytest.mark.parametrize("name", list(RENDERINGS))
def test_the_reading_is_that_of_the_reader(name: str) -> None:
    """In every format: text, pages and the places of the characters."""
    data = RENDERINGS[name](LAW)
    assert read_bytes(name, data) == readers.read_bytes(name, data)


@needs_fork
def test_a_new_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several threads run, the helper is no copy of this process; the ways of all systems agree."""
    monkeypatch.setattr(isolated, "_HELPER", isolated._Helper())
    monkeypatch.setattr(isolated, "_is_single", lambda: False)
    data = RENDERINGS["a.docx"](LAW)
    assert read_bytes("a.docx", data) == readers.read_bytes("a.docx", data)
    isolated._HELPER._end()
    monkeypatch.setattr(isolated, "_FORKS", False)
    assert read_bytes("a.docx", data) == readers.read_bytes("a.docx", data)


def test_a_refusal_is_that_of_the_reader() -> None:
    """In the same words."""
    for name, data in (("a.txt", b" "), ("a.docx", b"PK\x03\x04 no"), ("b.pdf", b"%PDF-1.4 no"), ("c.xyz", b"c")):
        with pytest.raises(UnreadableFile) as here:
            read_bytes(name, data)
        with pytest.raises(UnreadableFile) as there:
            readers.read_bytes(name, data)
        assert str(here.value) == str(there.value)


def _endless() -> None:
    while True:
        pass


@needs_fork
@pytest.mark.parametrize(
    ("does", "said"),
    [
        (_endless, "没有读完"),
        (lambda: time.sleep(60), "没有读完"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "意外停止"),
        (lambda: os._exit(3), "意外停止"),
        (lambda: sys.setrecursionlimit(10**9) or eval("(" * 5000), "意外停止"),
        (lambda: len(bytes(1 << 36)), "过大"),
        (lambda: len("字" * 20_000_001), None),
    ],
)
def test_whatever_a_reader_does_is_one_sentence(
    helper: isolated._Helper, monkeypatch: pytest.MonkeyPatch, does: Callable[[], object], said: str | None
) -> None:
    """An endless loop, a crash, all the memory: the file is refused, and the next one is read."""
    monkeypatch.setattr(isolated, "SECONDS", 1.5)
    good = RENDERINGS["a.docx"](LAW)
    hostile(monkeypatch, does)
    if said is not None:
        with pytest.raises(UnreadableFile, match=said) as refusal:
            read_bytes("bad.txt", b"bad")
        assert str(refusal.value).startswith("bad.txt")
    assert read_bytes("a.docx", good).reading.text
    helper._end()


@needs_fork
def test_a_reader_that_is_taken_over_can_do_little(
    helper: isolated._Helper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It writes no file, starts no program and holds none of our open files."""
    with (tmp_path / "secret").open("wb") as held:
        handle = held.fileno()

        def tried() -> str:
            said = []
            for attempt in (
                lambda: (tmp_path / "written").write_bytes(b"x"),
                lambda: os.write(handle, b"x"),
                lambda: os.fork() or os._exit(0),
            ):
                try:
                    attempt()
                    said.append("done")
                except OSError:
                    said.append("no")
            return "、".join(said)

        hostile(monkeypatch, tried)
        text = read_bytes("bad.txt", b"bad").reading.text
    helper._end()
    allowed = "done" if os.getuid() == 0 else "no"  # the system lets root start what it likes
    assert text == f"一、no、no、{allowed}。"
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").read_bytes()


@needs_fork
def test_an_answer_is_text_whatever_it_claims(helper: isolated._Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no JSON of the right form, or too many of them, are no reading."""
    for answer in (b"\x80\x04pickle", b'{"text": 1}', b"[]", b'{"text": "a", "pages": [["x", 1]], "runs": []}'):
        monkeypatch.setattr(isolated, "answer_for", lambda *_, answer=answer: answer)
        monkeypatch.setattr(isolated, "_HELPER", isolated._Helper())
        with pytest.raises(UnreadableFile, match="意外停止"):
            read_bytes("a.txt", b"x")
        isolated._HELPER._end()
    monkeypatch.setattr(isolated, "OUTPUT_LIMIT", 1000)
    monkeypatch.setattr(isolated, "answer_for", lambda *_: b" " * 2000)
    monkeypatch.setattr(isolated, "_HELPER", isolated._Helper())
    with pytest.raises(UnreadableFile, match="意外停止"):
        read_bytes("a.txt", b"x")
    isolated._HELPER._end()


@needs_fork
def test_the_helper_may_be_killed() -> None:
    """The next file starts another one; many threads share it."""
    assert read_bytes("a.txt", "一、甲。".encode()).reading.text == "一、甲。"
    os.kill(isolated._HELPER._process, signal.SIGKILL)
    time.sleep(0.1)
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: texts.append(read_bytes("a.txt", f"一、{n}。".encode()).reading.text))
        for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted(f"一、{n}。" for n in range(16))


@pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and devices")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to and a device that never ends are refused; a folder's links stay inside it."""
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", Path("/dev/zero"), tmp_path):
        with pytest.raises(UnreadableFile, match=r"不是普通文件|打不开"):
            read_file(path)
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("一、秘密。", encoding="utf-8")
    (folder / "a.txt").write_text("一、公开。", encoding="utf-8")
    (folder / "b.txt").symlink_to(folder / "a.txt")
    (folder / "c.txt").symlink_to(outside / "secret.txt")
    (folder / "d").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    assert [path.name for path in expand([folder])] == ["a.txt", "b.txt"]
    assert read_file(folder / "c.txt").reading.text == "一、秘密。"  # a person who names it means it


def _docx(document: str, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", document)
        for name, data in parts.items():
            package.writestr(name.replace("__", "/"), data)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PLAIN = f"<w:document {W}><w:body><w:p><w:r><w:t>一、甲。</w:t></w:r></w:p></w:body></w:document>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ENTITY = "<w:p><w:r><w:t>一、甲。{}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("laughs.docx", _docx(f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>{PLAIN.replace("甲", "甲&l11;")}')),
        ("file.docx", _docx(f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{PLAIN.replace("甲", "甲&x;")}')),
        ("net.docx", _docx(f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">{PLAIN}')),
        ("macro.docx", _docx(PLAIN, word__vbaProject__bin=b"\xd0\xcf\x11\xe0" + b"AutoOpen" * 99)),
        ("path.docx", _docx(PLAIN, **{"..__..__..__evil.txt": b"evil"})),
        ("image.docx", _docx(PLAIN, word__media__a=bytes(100_000_000))),
        (
            "frames.html",
            b"<html><body><iframe src=file:///etc/passwd></iframe><p>\xe4\xb8\x80\xe3\x80\x81a</body></html>",
        ),
        ("xml.html", b'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]><html>&x;</html>'),
    ],
)
def test_tricks_do_no_harm(name: str, data: bytes) -> None:
    """Entities that multiply or name files, macros, paths that climb, huge parts: refused or not there."""
    try:
        text = read_bytes(name, data).reading.text
    except UnreadableFile as error:
        text = str(error)
        refused = True
    else:
        refused = False
    assert refused <= ("\n" not in text)
    assert "root:" not in text
    assert "evil" not in text
    assert len(text) < 10_000


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE documents SET source = CAST('x' AS BLOB)",
        "UPDATE documents SET source = 'text'",
        "UPDATE documents SET more = '{'",
        "UPDATE documents SET more = '[]'",
        "UPDATE documents SET document_id = '../../etc'",
        "DROP TABLE aliases",
        "ALTER TABLE documents RENAME TO d; CREATE VIEW documents AS SELECT * FROM d",
        "ALTER TABLE documents RENAME TO d; CREATE VIEW documents AS WITH RECURSIVE n(position) AS "
        "(SELECT 1 UNION ALL SELECT position + 1 FROM n) SELECT * FROM n",
    ],
)
def test_an_exported_library_is_not_believed(tmp_path: Path, spoil: str) -> None:
    """One that was changed on its way is refused in a sentence, and nothing of it comes in."""
    library = Library.open(tmp_path / "one")
    library.add_bytes("a.txt", "某法\n第一条　甲。".encode())
    library.export(tmp_path / "all.tiaowen")
    library.close()
    with sqlite3.connect(tmp_path / "all.tiaowen") as connection:
        connection.executescript(spoil)
    connection.close()
    other = Library.open(tmp_path / "two")
    with pytest.raises(BrokenLibrary, match="导出"):
        other.import_from(tmp_path / "all.tiaowen")
    assert other.documents() == []
    other.close()


def test_a_library_is_no_file_to_be_read_as_a_document(tmp_path: Path) -> None:
    """Bytes with NUL are no text."""
    Library.open(tmp_path).close()
    with pytest.raises(TiaowenError):
        read_file(tmp_path / FILE_NAME)
