"""A library folder of every past version is still good: its library is opened, its index opened or built again.

`past_formats/N.zip` is a whole folder as the program left it whose index format was N; a new one is added before the
format changes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from corpus.check import damage as library_damage
from corpus.library import Library
from index.clause_index import FORMAT
from qa.answer import answer_question
from server.indexing import damage, open_whole, refresh_index

KEPT = sorted(Path(__file__).with_name("past_formats").glob("*.zip"))


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_folder_of_a_past_version_answers(kept: Path, tmp_path: Path) -> None:
    """The same documents, every seal and checksum in order, and an answer from the right article."""
    with zipfile.ZipFile(kept) as package:
        package.extractall(tmp_path)
    library = Library.open(tmp_path)
    assert [info.document_id for info in library.documents()] == ["某市公共厕所管理条例-2015", "某市公共厕所管理办法"]
    rebuilt = refresh_index(tmp_path, library)
    assert rebuilt or kept.stem == str(FORMAT)
    assert list(library_damage(library)) == []
    assert damage(tmp_path) is None
    answer = answer_question("公共厕所要不要收钱", library, open_whole(tmp_path))
    assert answer.citations or answer.nearest
    library.close()


def test_the_present_format_will_be_remembered() -> None:
    """Whoever raises FORMAT keeps a folder of the one before."""
    assert {str(number) for number in range(1, FORMAT)} <= {path.stem for path in KEPT}
