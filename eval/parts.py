"""The index with one part of its evidence taken away, to see what that part adds.

The ranking network is not trained again without the part: it sees the same nothing for every candidate. A part whose
loss costs little may be one that the others make up for.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.clause_index import ClauseIndex, Legs, Rows
from index.fusion import Evidence

Change = Callable[[Evidence], Evidence]


def _without_vectors(evidence: Evidence) -> Evidence:
    nothing = np.zeros_like(evidence.dense)
    return replace(evidence, dense=nothing, interaction=replace(evidence.interaction, clause=nothing))


def _without_late(evidence: Evidence) -> Evidence:
    nothing = np.zeros_like(evidence.dense)
    return replace(
        evidence,
        interaction=replace(
            evidence.interaction, late=nothing, late_sentence=nothing, covered=nothing, missing=nothing
        ),
    )


def _without_sentences(evidence: Evidence) -> Evidence:
    nothing = np.zeros_like(evidence.dense)
    return replace(evidence, interaction=replace(evidence.interaction, sentence=nothing))


PARTS: dict[str, Change] = {
    "words": lambda evidence: replace(evidence, lexical=np.zeros_like(evidence.lexical)),
    "lexicon": lambda evidence: replace(evidence, expanded=np.zeros_like(evidence.expanded)),
    "vectors": _without_vectors,
    "sentences": _without_sentences,
    "late interaction": _without_late,
    "kind of fact": lambda evidence: replace(evidence, fact=np.zeros_like(evidence.fact)),
    "region": lambda evidence: replace(evidence, region=np.zeros_like(evidence.region)),
}
"""From the name of a part to what taking it away does to the evidence."""


class IndexWithout(ClauseIndex):
    """The same open index, less one part of PARTS."""

    def __init__(self, index: ClauseIndex, part: str) -> None:
        self.__dict__.update(index.__dict__)
        self._change = PARTS[part]

    def evidence(self, legs: Legs, rows: Rows, regions: Sequence[str] = ()) -> Evidence:
        """What each leg says, the part taken away saying nothing."""
        return self._change(super().evidence(legs, rows, regions))
