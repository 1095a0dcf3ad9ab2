"""Build a generation of the index beside the live one and make it live by one rename.

`index/<generation>/` is immutable: its name is a digest of what went in, so building the same library again
finds it ready. `index/current` is a small file that names the live generation; readers that opened another
one keep it until they close it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.library import Library
from index.clause_index import FORMAT, MANIFEST, PASSAGES, ClauseIndex
from index.encoders import SHIPPED, Encoder, StaticEncoder, open_encoder
from index.errors import IndexMissing
from index.facts import held_facts
from index.faiss_store import FaissStore
from index.late import TokenStore
from index.lexical import LexicalIndex
from index.passages import Passage, clause_passages
from index.tokens import normalize

Floats = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]  # passages done, passages in all

CURRENT = "current"
_BATCH = 1024


def passages_of(library: Library) -> Iterator[Passage]:
    """The clauses of a library as passages, in its order."""
    infos = {info.document_id: info for info in library.documents()}
    return clause_passages(
        (clause, infos[clause.document_id].title, infos[clause.document_id].region) for clause in library.clauses()
    )


def build_index(
    passages: Iterable[Passage],
    folder: Path,
    *,
    encoder: str | None = None,
    model: Path = SHIPPED,
    progress: Progress | None = None,
) -> Path:
    """Index `passages` into `folder`/<generation>, make it live and return that folder.

    `encoder` names another model for the dense leg than the one that ships; `model` is a folder in place of
    the shipped one. Vectors of passages that the live generation
    already holds for the same encoder are taken from it. Raises `ModelUnavailable` for an unknown encoder.
    """
    listed = list(passages)
    static = StaticEncoder(model)
    dense: Encoder = static if encoder is None else open_encoder(encoder)
    digests = [passage.digest() for passage in listed]
    generation = _name(listed, digests, dense)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / generation
    if not (target / MANIFEST).exists():
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            vectors = _encode(listed, digests, dense, folder, progress)
            _write(work, listed, digests, vectors, dense.name, static, generation)
            if target.exists():  # left behind incomplete by another program
                shutil.rmtree(target)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    _make_live(folder, generation)
    return target


def open_current(home: Path) -> ClauseIndex:
    """The live index of a library's home folder; raise `IndexMissing` where there is none."""
    return ClauseIndex.open(current_generation(home / "index"))


def current_generation(folder: Path) -> Path:
    """The folder of the live generation; raise `IndexMissing` where there is none."""
    try:
        return folder / (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {folder}; run `tiaowen index` to build one.") from error


def _name(passages: Sequence[Passage], digests: Sequence[str], model: Encoder) -> str:
    digest = hashlib.sha256(f"{FORMAT}\x1f{model.name}".encode())
    for passage, text in zip(passages, digests, strict=True):
        parts = (passage.passage_id, passage.document_id, passage.region or "", *passage.departments, text)
        digest.update("\x1f".join(parts).encode())
    return f"g-{digest.hexdigest()[:12]}"


def _encode(
    passages: Sequence[Passage],
    digests: Sequence[str],
    model: Encoder,
    folder: Path,
    progress: Progress | None,
) -> Floats:
    """The vectors of all passages, shape (passages, dim); unchanged ones come from the live generation."""
    vectors = np.zeros((len(passages), model.dim), dtype=np.float32)
    known = _known_vectors(folder, model.name)
    missing = []
    for row, digest in enumerate(digests):
        if digest in known:
            vectors[row] = known[digest]
        else:
            missing.append(row)
    done = len(passages) - len(missing)
    for start in range(0, len(missing), _BATCH):
        rows = missing[start : start + _BATCH]
        texts = [f"{passages[row].context} {passages[row].text}".strip() for row in rows]
        vectors[rows] = model.encode_clauses(texts)
        done += len(rows)
        if progress is not None:
            progress(done, len(passages))
    return vectors


def _known_vectors(folder: Path, encoder: str) -> dict[str, Floats]:
    """Vectors of the live generation by the digest of their passage, if it was built with this encoder."""
    try:
        live = current_generation(folder)
        manifest = json.loads((live / MANIFEST).read_text(encoding="utf-8"))
        columns = json.loads((live / PASSAGES).read_text(encoding="utf-8"))
    except (IndexMissing, OSError, ValueError):
        return {}
    if manifest.get("encoder") != encoder or manifest.get("format") != FORMAT:
        return {}
    digests = columns["digests"]
    vectors = FaissStore.load(live).vectors(np.arange(len(digests)))
    return dict(zip(digests, vectors, strict=True))


def _write(
    work: Path,
    passages: Sequence[Passage],
    digests: Sequence[str],
    vectors: Floats,
    encoder: str,
    static: StaticEncoder,
    generation: str,
) -> None:
    """Write all files of a generation; the manifest, with the digest of each of them, comes last."""
    FaissStore.build(vectors).save(work)
    LexicalIndex.build(f"{passage.context} {passage.text}" for passage in passages).save(work)
    TokenStore.build(static, ((passage.context, passage.text) for passage in passages)).save(work)
    columns = {
        "ids": [passage.passage_id for passage in passages],
        "documents": [passage.document_id for passage in passages],
        "regions": [passage.region for passage in passages],
        "departments": [list(passage.departments) for passage in passages],
        "facts": [held_facts(normalize(passage.text)) for passage in passages],
        "digests": list(digests),
    }
    (work / PASSAGES).write_text(json.dumps(columns, ensure_ascii=False), encoding="utf-8")
    manifest = {
        "format": FORMAT,
        "generation": generation,
        "encoder": encoder,
        "dim": int(vectors.shape[1]),
        "passages": len(passages),
        "documents": len({passage.document_id for passage in passages}),
        "files": {path.name: _file_digest(path) for path in sorted(work.iterdir())},
    }
    (work / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_live(folder: Path, generation: str) -> None:
    """Point `current` at a generation and remove the older ones but the last."""
    pointer = folder / CURRENT
    before = pointer.read_text(encoding="utf-8").strip() if pointer.exists() else generation
    new = folder / f".{CURRENT}-{os.getpid()}"
    new.write_text(generation, encoding="utf-8")
    new.replace(pointer)
    kept = {generation, before}
    for path in folder.glob("g-*"):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
