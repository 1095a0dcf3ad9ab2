"""The two plans that ship, as the evaluation sees them: for tests that measure the real thing."""

from pathlib import Path

from corpus.library import Library
from eval.local import LocalSource
from index.build import build_index, open_current, passages_of


def indexed_plans(home: Path) -> LocalSource:
    """Both plans in a library of `home`, indexed with the encoder that ships."""
    library = Library.open(home)
    library.add_samples()
    build_index(passages_of(library), home / "index")
    return LocalSource(library, open_current(home))
