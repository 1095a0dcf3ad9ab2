"""A damaged index is never asked: it is noticed by its checksums and built again from the library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from battery_index import damage_index, files_of, said
from typer.testing import CliRunner

from corpus.errors import BrokenLibrary, NotFound
from corpus.library import Library
from index import build
from index.errors import IndexDamaged
from index.late import TokenStore
from server.changes import LibraryChanges
from server.cli import app
from server.doctor import examine
from server.indexing import IndexNotBuilt, damage, open_whole, refresh_index
from server.service import NotReady
from server.wiring import service_over


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two shipped documents and their index."""
    home = tmp_path_factory.mktemp("filled") / "home"
    library = Library.open(home)
    library.add_samples()
    refresh_index(home, library)
    library.close()
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "copy"))


def test_every_file_of_an_index_is_watched(home: Path, tmp_path: Path) -> None:
    """A flip in each: noticed and mended, with the answer as before; a sample of `make torture`."""
    tried = damage_index(home, tmp_path / "work", flips=1, cuts=0, seed=1)
    assert tried.wrong == []
    assert tried.noticed >= len(files_of(home)) - 1


def test_a_pointer_that_is_no_text_is_written_anew(home: Path) -> None:
    """Bytes of no character in `current` are damage like any other."""
    before = said(home)
    (home / "index" / "current").write_bytes(b"g-\xe1\xff")
    library = Library.open(home)
    assert refresh_index(home, library)
    library.close()
    assert said(home) == before


def test_nothing_of_a_damaged_generation_goes_into_the_next(home: Path) -> None:
    """Vectors are taken over from the live generation only while it is whole."""
    before = said(home)
    vectors = next((home / "index").glob("g-*")) / "vectors.faiss"
    data = bytearray(vectors.read_bytes())
    data[-4000:] = bytes(4000)
    vectors.write_bytes(bytes(data))
    library = Library.open(home)
    added = library.add_bytes("a.txt", "某法\n第一条　甲。\n第二条　乙。".encode())
    assert refresh_index(home, library)
    library.remove(added.document_id)
    assert refresh_index(home, library)
    library.close()
    assert said(home) == before


def test_a_server_does_not_open_a_damaged_index(home: Path) -> None:
    """It says that it is not ready; one that runs goes on with what it has open."""
    service = service_over(home)
    held = service.snapshot()
    tokens = next((home / "index").glob("g-*")) / "tokens-tokens.npy"
    tokens.write_bytes(tokens.read_bytes()[:-2])
    (home / "index" / "current").touch()
    assert service.snapshot() is held
    with pytest.raises(NotReady, match="重建"):
        service_over(home).snapshot()
    with pytest.raises(IndexDamaged):
        open_whole(home)


def test_an_index_of_another_version_is_built_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another format, or with another version of the shipped model."""
    library = Library.open(home)
    assert not refresh_index(home, library)
    monkeypatch.setattr("server.indexing._model_card", lambda: "another")
    assert refresh_index(home, library)
    for module in ("index.check", "index.build", "index.clause_index"):
        monkeypatch.setattr(f"{module}.FORMAT", 99)
    assert refresh_index(home, library)
    assert not refresh_index(home, library)
    library.close()


def test_what_a_killed_build_left_is_taken_away(home: Path) -> None:
    """Folders of half an index do not pile up."""
    for name in (".building-x", "g-000000000000"):
        (home / "index" / name).mkdir()
    (home / "index" / ".current-1").write_text("g-1", encoding="utf-8")
    library = Library.open(home)
    assert refresh_index(home, library, force=True)
    library.close()
    assert sorted(path.name[:2] for path in (home / "index").iterdir()) == ["bu", "cu", "g-"]


@pytest.mark.parametrize("place", ["FaissStore", "TokenStore", "current"])
def test_no_room_for_an_index_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """The library keeps the document, the live generation goes on, and the next run builds."""
    library = Library.open(home)
    live = (home / "index" / "current").read_text(encoding="utf-8")
    library.add_bytes("a.txt", "某法\n第一条　甲。\n第二条　乙。".encode())

    def full(*_: object) -> None:
        if place == "FaissStore":
            raise RuntimeError("Error: write error in vectors.faiss: No space left on device (28)")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if place == "current":
            patch.setattr(build, "_make_live", full)
        else:
            patch.setattr(getattr(build, place), "save", full)
        with pytest.raises(IndexNotBuilt, match="磁盘"):
            refresh_index(home, library)
    assert (home / "index" / "current").read_text(encoding="utf-8") == live
    assert damage(home) is None
    assert refresh_index(home, library)
    library.close()


def test_doctor_looks_at_every_byte(home: Path) -> None:
    """`--deep` finds what the plain look does not read."""
    assert all(finding.good for finding in examine(home, deep=True))
    array = next((home / "index").glob("g-*")) / "tokens-sentence_norms.npy"
    values = np.load(array)
    values[3] = 0
    np.save(array, values)
    with_damage = {finding.name for finding in examine(home, deep=True) if not finding.good}
    assert with_damage == {"索引的内容"}
    assert all(finding.good for finding in examine(home))
    run = CliRunner().invoke(app, ["doctor", "--deep", "--json", "--home", str(home)])
    assert run.exit_code == 1
    assert "tokens-sentence_norms.npy" in next(f["found"] for f in json.loads(run.stdout) if f["name"] == "索引的内容")


@pytest.mark.parametrize("name", ["original", "facts.json"])
def test_a_damaged_removed_document_is_not_brought_back(home: Path, name: str) -> None:
    """What was kept of it is checked; the others can still be brought back."""
    library = Library.open(home)
    changes = LibraryChanges(home, library)
    for document in ("shanxi-2016", "guangxi-2016"):
        changes.remove(document)
    assert changes.check_removed() == ["guangxi-2016", "shanxi-2016"]
    path = home / "removed" / "shanxi-2016" / name
    data = path.read_bytes()
    path.write_bytes(data.replace(b"2016", b"2018", 1) if name == "facts.json" else data[:-1])
    with pytest.raises((BrokenLibrary, NotFound)):
        changes.restore("shanxi-2016")
    with pytest.raises(BrokenLibrary):
        changes.check_removed()
    assert changes.restore("guangxi-2016") == "guangxi-2016"
    library.close()


def test_tokens_are_read_without_pickling(home: Path) -> None:
    """An array that would run code when it is opened is refused."""
    live = next((home / "index").glob("g-*"))
    np.save(live / "tokens-tokens.npy", np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        TokenStore.load(live)
