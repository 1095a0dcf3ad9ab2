"""Arrays on disk, opened without being read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def open_array(path: Path) -> npt.NDArray[Any]:
    """The array that `numpy.save` wrote to `path`, memory-mapped and read-only.

    A plain array rather than numpy's memmap class, whose slices cost several times as much.
    """
    mapped: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(mapped)
