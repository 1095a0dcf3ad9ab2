"""The two plans that ship, as the evaluation sees them: for tests that measure the real thing."""

from pathlib import Path

from corpus.library import Library
from eval.local import LocalSource
from index.build import build_index, open_current
from index.passages import clause_passages


def indexed_plans(home: Path) -> LocalSource:
    """Both plans in a library of `home`, indexed with the encoder that ships."""
    library = Library.open(home)
    library.add_samples()
    infos = {info.document_id: info for info in library.documents()}
    clauses = (
        (clause, infos[clause.document_id].title, infos[clause.document_id].region) for clause in library.clauses()
    )
    build_index(clause_passages(clauses), home / "index")
    return LocalSource(library, open_current(home))
