"""Damage to the library's file is noticed: a reader gets what was written or a sentence, never something else."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from battery_damage import damage_library, whole

from corpus.check import damage
from corpus.errors import BrokenLibrary, LibraryUnavailable
from corpus.library import FILE_NAME, Library

PLAN = "某市人才工作方案\n一、目标\n到2020年，引进人才100名。\n二、措施\n（一）发放补贴。按《某法》第一条执行。\n"
LAW = "某法\n（2010年3月1日公布）\n第一条　补贴每月{}元。\n第二条　本法自公布之日起施行。"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library of three documents, one of them changed once, at rest."""
    library = Library.open(tmp_path)
    library.add_bytes("law.txt", LAW.format(300).encode())
    library.add_bytes("plan.txt", PLAN.encode(), region="某地", issuer="某市人民政府")
    library.add_bytes("plan.txt", PLAN.replace("二、措施", "二、组织\n加强领导。\n三、措施").encode())
    library.close()
    return tmp_path


def test_a_sound_library_has_nothing_wrong(home: Path) -> None:
    """Aliases, versions and resolved mentions included."""
    library = Library.open(home)
    assert list(damage(library)) == []
    library.remove("某法-2010")
    assert list(damage(library)) == []
    library.close()


def test_flipped_and_missing_bytes_are_noticed(home: Path, tmp_path: Path) -> None:
    """At 60 random places, cut off at 20: the same documents as before, or a sentence; a sample of `make torture`."""
    tried = damage_library(home, tmp_path / "copy", flips=60, cuts=20, seed=1)
    assert tried.wrong == []
    assert tried.noticed >= 20  # every cut


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET text = replace(text, '100', '900')",
        "UPDATE documents SET title = '某市住房工作方案' WHERE title LIKE '某市%'",
        "UPDATE documents SET source = CAST('其他' AS BLOB)",
        "UPDATE clauses SET label = '《某法》第九条'",
        "UPDATE clauses SET path = '[]'",
        "UPDATE targets SET value = '900'",
        "UPDATE mentions SET text = '《他法》'",
        "DELETE FROM clauses WHERE ordinal = 1",
        "DELETE FROM targets",
        "DELETE FROM seals",
        "DELETE FROM documents WHERE position = 1",
        "UPDATE aliases SET clause_id = '某法-2010/9'",
        "UPDATE mentions SET resolved = '某法-2010/2' WHERE resolved LIKE '某法-2010/1%'",
        "UPDATE documents SET current = 0",
    ],
)
def test_a_change_behind_the_programs_back_is_told(home: Path, change: str) -> None:
    """By the deep check, whichever table it is in; each finding says what to do."""
    with sqlite3.connect(home / FILE_NAME) as connection:
        connection.execute(change)
    connection.close()
    library = Library.open(home)
    found = list(damage(library))
    library.close()
    assert found
    assert all("请" in sentence and "\n" not in sentence for sentence in found)


def test_an_emptied_library_is_not_taken_for_a_new_one(home: Path) -> None:
    """A file of no bytes beside an index has lost what it held."""
    (home / "index").mkdir()
    (home / "index" / "current").write_text("g-1", encoding="utf-8")
    (home / FILE_NAME).write_bytes(b"")
    with pytest.raises(BrokenLibrary, match="备份"):
        Library.open(home)


def test_a_library_from_before_the_seals_is_sealed_when_opened(home: Path) -> None:
    """Nothing else about it changes."""
    before = whole(home)
    with sqlite3.connect(home / FILE_NAME) as connection:
        connection.execute("DROP TABLE seals")
        connection.execute("UPDATE mentions SET resolved = substr(resolved, 1, instr(resolved, '#') - 1)")
        connection.execute("DELETE FROM about WHERE name = 'documents'")
    connection.close()
    assert whole(home) == before


def test_a_full_disk_is_one_sentence_and_loses_nothing(home: Path) -> None:
    """Whichever page is the last one that fits: the change is not there at all, and works once there is room."""
    before = whole(home)
    library = Library.open(home)
    connection = library._connection()
    (used,) = connection.execute("PRAGMA page_count").fetchone()
    text = LAW.format(500).replace("某法", "另一法") + "\n第三条　其他。" * 200
    refused = []
    for spare in range(0, 400):
        connection.execute(f"PRAGMA max_page_count = {used + spare}")
        try:
            library.add_bytes("other.txt", text.encode())
            break
        except LibraryUnavailable as error:
            refused.append(str(error))
            assert len(library.documents()) == 2
    assert len(refused) > 10
    assert all("磁盘已满" in sentence for sentence in refused)
    library.remove("另一法-2010")
    library.close()
    assert whole(home) == before


@pytest.mark.skipif(not hasattr(os, "fork") or os.getuid() != 0, reason="only root can become somebody without rights")
def test_a_folder_one_may_not_write_is_one_sentence(home: Path) -> None:
    """Somebody else's library is neither changed nor called broken."""
    for folder in (home, *home.parents):
        if folder.stat().st_uid == 0 and folder != Path("/") and folder != Path("/tmp"):
            folder.chmod(0o755)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            Library.open(home).add_bytes("law.txt", LAW.format(400).encode())
            said = "added"
        except Exception as error:
            said = f"{type(error).__name__}：{error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    assert said.startswith("LibraryUnavailable：不能写")
    assert "权限" in said


def test_random_changes_of_a_page_in_the_log_lose_no_older_document(home: Path) -> None:
    """A library that was killed leaves its log behind; a damaged log costs at most what was being written."""
    before = whole(home)
    library = Library.open(home)
    log = home / (FILE_NAME + "-wal")
    library.add_bytes("new.txt", LAW.format(700).replace("某法", "新法").encode())
    assert log.exists()
    data = {name: (home / name).read_bytes() for name in (FILE_NAME, log.name)}
    library.close()
    chance = random.Random(3)
    for round_ in range(10):
        other = home / f"copy{round_}"
        other.mkdir()
        flipped = bytearray(data[log.name])
        for _ in range(4):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        (other / FILE_NAME).write_bytes(data[FILE_NAME])
        (other / log.name).write_bytes(bytes(flipped))
        after = whole(other)
        assert {name: after["documents"][name] for name in before["documents"]} == before["documents"]
        assert "新法-2010" in after["documents"]  # it was in the main file before it was reported
