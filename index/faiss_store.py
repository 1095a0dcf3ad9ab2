"""Clause vectors in a FAISS file, searched by inner product of unit vectors (cosine)."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # the default spins: ten times slower on a busy machine

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

FILE = "vectors.faiss"


class FaissStore:
    """Exact search over unit vectors; row numbers are those of the passages."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        faiss.omp_set_num_threads(1)

    @classmethod
    def build(cls, vectors: Floats) -> FaissStore:
        """A store of `vectors`, shape (rows, dim)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def save(self, folder: Path) -> None:
        """Write `vectors.faiss` into `folder`."""
        faiss.write_index(self._index, str(folder / FILE))

    @classmethod
    def load(cls, folder: Path) -> FaissStore:
        """Open what `save` wrote; raise `IndexDamaged` when FAISS cannot read it."""
        try:
            return cls(faiss.read_index(str(folder / FILE), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as error:
            raise IndexDamaged(
                f"{folder / FILE} cannot be read as a FAISS index; run `tiaowen index` to build it anew."
            ) from error

    def vectors(self, rows: Rows) -> Floats:
        """The vectors of `rows`, shape (len(rows), dim)."""
        return np.asarray(self._index.reconstruct_batch(rows), dtype=np.float32)

    def nearest(self, question: Floats, k: int, allowed: Rows | None) -> Rows:
        """The `k` rows nearest to a unit vector, best first, among `allowed` (None: all)."""
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(allowed)
            k = min(k, len(allowed))
        k = min(k, self._index.ntotal)
        if not k:
            return np.zeros(0, dtype=np.int64)
        _, rows = self._index.search(question[None, :], k, params=parameters)
        found: Rows = rows[0]
        return found[found >= 0]
