"""The library: what goes in comes out, versions and addresses live on, a bad file leaves nothing behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import BrokenLibrary, NotFound, UnreadableFile
from corpus.library import FILE_NAME, Library

PLAN = """某某市人才工作方案
一、目标
到2020年引进人才100名以上。
二、措施
（一）发放补贴。每人每月1000元。（责任单位：市人社局）"""
LAW = """某某条例
（{day}某某市人民代表大会常务委员会第十次会议通过）
第一条　为了规范管理，制定本条例。
第二条　本条例适用于本市。
{more}"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    opened = Library.open(tmp_path / "home")
    yield opened
    opened.close()


def test_samples_once(library: Library) -> None:
    """The two plans come with their ids and known facts; adding them again changes nothing."""
    first = library.add_samples()
    digest = library.digest()
    assert [document.document_id for document in first] == ["shanxi-2016", "guangxi-2016"]
    assert library.add_samples() == first
    assert library.digest() == digest
    shanxi, guangxi = library.documents()
    assert (shanxi.region, shanxi.issuer, shanxi.doc_number, shanxi.date) == (
        "山西",
        "山西省人民政府办公厅",
        None,
        None,
    )
    assert (guangxi.region, guangxi.date, guangxi.origins["title"]) == ("广西", "2016-08-26", "inferred")
    assert all("国办发〔2016〕11号" in info.implements for info in (shanxi, guangxi))


def test_what_goes_in_comes_out(library: Library) -> None:
    """Documents, clauses and original bytes are read back as they were written."""
    document = library.add_bytes("plan.txt", PLAN.encode(), region="某地")
    assert library.document(document.document_id) == document
    assert list(library.clauses()) == list(document.clauses)
    assert library.clause(document.clauses[0].clause_id) == document.clauses[0]
    assert library.original(document.document_id) == ("plan.txt", PLAN.encode())
    assert document.origins["region"] == "supplied"
    assert [clause.address for clause in document.clauses] == ["1/1", "2.1"]


def test_same_document_in_another_format_is_recognised(library: Library) -> None:
    """The same text again is the same document, whatever file it comes in."""
    first = library.add_bytes("plan.txt", PLAN.encode())
    again = library.add_bytes(
        "方案.html", f"<html><body>{''.join(f'<p>{p}</p>' for p in PLAN.split(chr(10)))}</body></html>".encode()
    )
    assert again == first
    assert len(library.documents()) == 1


def test_facts_are_corrected_by_adding_the_file_again(library: Library) -> None:
    """The same file with another title, date or number is the same document under the same id; what was said before
    stays said; without anything new nothing changes.
    """
    law = LAW.format(day="2010年3月1日", more="").encode()
    first = library.add_bytes("a.txt", law)
    library.add_bytes("a.txt", law, region="某地", date="2011-01-01")
    corrected = library.add_bytes("copy.txt", law, title="某某市某某条例")
    assert [info.document_id for info in library.documents()] == [first.document_id]
    assert (corrected.title, corrected.region, corrected.date) == ("某某市某某条例", "某地", "2011-01-01")
    assert {name for name, origin in corrected.origins.items() if origin == "supplied"} == {"title", "region", "date"}
    digest = library.digest()
    assert library.add_bytes("a.txt", law) == corrected
    assert library.digest() == digest


def test_an_update_replaces_and_old_addresses_lead_on(library: Library) -> None:
    """A new text of an undated document takes its place; a clause that moved is found under its old address."""
    old = library.add_bytes("plan.txt", PLAN.encode())
    digest = library.digest()
    moved = PLAN.replace("（一）发放补贴", "（一）建设公寓。建成公寓10栋。\n（二）发放补贴")
    new = library.add_bytes("plan.txt", moved.replace("二、措施", "二、组织\n加强组织领导。\n三、措施").encode())
    assert new.document_id == old.document_id
    assert library.digest() != digest
    assert len(library.documents()) == 1
    found = library.clause(f"{old.document_id}/2.1")
    assert found.address == "3.2"
    assert "发放补贴" in found.text


def test_versions_of_a_law_live_side_by_side(library: Library) -> None:
    """Texts of different days are versions; the latest is current, whatever the order in which they came."""
    new = library.add_bytes("b.txt", LAW.format(day="2020年5月1日", more="第三条　本条例自公布之日起施行。").encode())
    old = library.add_bytes("a.txt", LAW.format(day="2010年3月1日", more="").encode())
    assert (new.document_id, old.document_id) == ("某某条例-2020", "某某条例-2010")
    assert [(info.document_id, info.current) for info in library.documents()] == [
        ("某某条例-2020", True),
        ("某某条例-2010", False),
    ]
    assert library.clause("某某条例/3").document_id == "某某条例-2020"
    library.remove("某某条例-2020")
    assert [info.current for info in library.documents()] == [True]


def test_mentions_are_resolved_when_their_document_comes(library: Library) -> None:
    """A title, and an article of a law under its short name, lead to the library's own text once it is there."""
    decree = (
        "某某办法\n第一条　根据《某某条例》（以下简称条例），制定本办法。\n"
        "第二条　依照条例第二条的规定管理，适用《某某条例》第一条。\n"
        "第三条　违反本办法第二条的，予以处罚。"
    )
    library.add_bytes("decree.txt", decree.encode())
    before = {r.text: r.target for clause in library.clauses() for r in clause.references}
    assert before["《某某条例》"] is None
    law = library.add_bytes("law.txt", LAW.format(day="2010年3月1日", more="").encode())
    first, second, third = (clause.references for clause in library.document("某某办法").clauses)
    assert [r.target for r in first] == [law.document_id]
    assert [(r.text, r.target) for r in second] == [
        ("条例", law.document_id),
        ("第二条", f"{law.document_id}/2"),
        ("《某某条例》", law.document_id),
        ("第一条", f"{law.document_id}/1"),
    ]
    assert [r.target for r in third] == ["某某办法/2"]
    library.remove(law.document_id)
    assert all(r.target is None for r in library.clause("某某办法/2").references)


def test_a_mention_leads_to_its_paragraphs_and_items(library: Library) -> None:
    """第二条第二款第（二）项 of another law, 前款 and 前两款 give the very words; a part not there gives none."""
    law = (
        "某某法\n第一条　为了规范管理，制定本法。\n"
        "第二条　本法适用于本市。\n下列事项除外：\n（一）登记；\n（二）检查。\n"
        "违反前两款规定的，依照本条第九款处罚。"
    )
    decree = (
        "某某办法\n第一条　为了实施《中华人民共和国某某法》（主席令第3号，以下简称《某法》），制定本办法。\n"
        "第二条　办理《某法》第二条第二款第（二）项、第三款所列事项，应当申请。\n违反前款规定的，适用前条。"
    )
    library.add_bytes("law.txt", law.replace("某某法\n", "中华人民共和国某某法\n").encode())
    library.add_bytes("decree.txt", decree.encode())

    def cited(clause_id: str) -> list[tuple[str, list[str] | None]]:
        clause = library.clause(clause_id)
        rows: list[tuple[str, list[str] | None]] = []
        for reference in clause.references:
            found = library.cited(clause, reference)
            rows.append((reference.text, [found[0].text[a:b] for a, b in found[1]] if found else None))
        return rows

    assert cited("某某办法/2") == [
        ("《某法》", None),
        ("第二条第二款第（二）项", ["（二）检查。"]),
        ("第三款", ["违反前两款规定的，依照本条第九款处罚。"]),
        ("前款", ["第二条 办理《某法》第二条第二款第（二）项、第三款所列事项，应当申请。"]),
        ("前条", ["第一条 为了实施《中华人民共和国某某法》（主席令第3号，以下简称《某法》），制定本办法。"]),
    ]
    assert cited("中华人民共和国某某法/2") == [
        ("前两款", ["第二条 本法适用于本市。", "下列事项除外：\n（一）登记；\n（二）检查。"]),
        ("本条第九款", []),
    ]
    assert library.clause("某某办法/2").references[0].target == "中华人民共和国某某法"
    article, part = library.part("中华人民共和国某某法/2/2.2")
    assert (article.text[part.start : part.end], part.label) == ("（二）检查。", "第二款第（二）项")
    for address in ("中华人民共和国某某法/2/2.3", "中华人民共和国某某法/2/x", "某"):
        with pytest.raises(NotFound):
            library.part(address)


def test_many_files_and_a_bad_one(library: Library, tmp_path: Path) -> None:
    """A file that cannot be read is reported and the rest go in."""
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(PLAN, encoding="utf-8")
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "sub" / "c.md").write_text(LAW.format(day="2010年3月1日", more=""), encoding="utf-8")
    (folder / "notes.xyz").write_text("ignored", encoding="utf-8")
    added = list(library.add_many([folder]))
    assert [each.path.name for each in added] == ["a.txt", "b.pdf", "c.md"]
    assert [each.document is not None for each in added] == [True, False, True]
    assert "b.pdf" in (added[1].problem or "")
    assert len(library.documents()) == 2


def test_a_refused_file_leaves_nothing(library: Library, tmp_path: Path) -> None:
    """After a refusal the library is as it was."""
    digest = library.digest()
    with pytest.raises(UnreadableFile):
        library.add(tmp_path / "missing.txt")
    with pytest.raises(UnreadableFile):
        library.add_bytes("bad.docx", b"PK\x03\x04nothing")
    assert library.digest() == digest
    assert library.documents() == []


def test_export_and_import(library: Library, tmp_path: Path) -> None:
    """One file carries the whole library: documents, facts a person supplied, versions and old addresses."""
    library.add_samples()
    library.add_bytes("plan.txt", PLAN.encode(), issuer="某某市人民政府")
    library.add_bytes(
        "plan.txt", PLAN.replace("二、措施", "二、组织\n加强领导。\n三、措施").encode(), issuer="某某市人民政府"
    )
    library.export(tmp_path / "all.tiaowen")
    other = Library.open(tmp_path / "other")
    assert len(other.import_from(tmp_path / "all.tiaowen")) == 3
    assert other.digest() == library.digest()
    assert other.documents() == library.documents()
    assert other.clause("某某市人才工作方案/2.1").address == "3.1"
    assert other.import_from(tmp_path / "all.tiaowen") == []
    changed = other.add_bytes("plan.txt", PLAN.replace("发放补贴", "发放津贴").encode(), issuer="某某市人民政府")
    assert other.import_from(tmp_path / "all.tiaowen") == []  # what is here is not set back
    assert other.document(changed.document_id) == changed
    other.close()


def test_unknown_names(library: Library) -> None:
    """What is not there is said in a sentence that names it."""
    for look in (library.document, library.clause, library.original, library.remove):
        with pytest.raises(NotFound, match="无此文件"):
            look("无此文件/1" if look == library.clause else "无此文件")


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    """Another file in the library's place is named, not overwritten."""
    (tmp_path / FILE_NAME).write_bytes(b"this is not a database, and it is long enough to be one")
    with pytest.raises(BrokenLibrary):
        Library.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes().startswith(b"this is not")


def test_threads_read_while_one_writes(library: Library) -> None:
    """Readers in other threads see whole documents only."""
    library.add_samples()
    problems: list[str] = []

    def read() -> None:
        for _ in range(20):
            for info in library.documents():
                if len(library.document(info.document_id).clauses) != info.clauses:
                    problems.append(info.document_id)
        library.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(5):
        library.add_bytes(f"{n}.txt", PLAN.replace("人才", f"人才{n}").encode())
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(library.documents()) == 7
