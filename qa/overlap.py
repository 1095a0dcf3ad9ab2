"""How many of a question's words stand in a piece of a clause: rare ones in the clause count more.

Character pairs and single characters are counted, as the pieces are too short for word statistics; what
the index adds to everyday words (`Index.expand`) counts half.
"""

import math
from collections.abc import Callable, Sequence

from index.tokens import normalize
from qa.question import EMPTY_WORDS

SINGLE = 0.35
ADDED = 0.5

Scores = list[float]
SentenceScores = Callable[[str, Sequence[str]], Sequence[float]]


def grams(text: str) -> set[str]:
    """The character pairs and single characters of a text, without words that carry nothing."""
    found: set[str] = set()
    for run in EMPTY_WORDS.sub(" ", normalize(text)).split():
        found.update(run)
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def overlaps(question: str, pieces: Sequence[str], added: Sequence[str] = ()) -> Scores:
    """For each piece, the share of the question's words that stand in it, 0 to 1."""
    weights = dict.fromkeys(grams(question), 1.0)
    for word in added:
        for gram in grams(word):
            weights.setdefault(gram, ADDED)
    held = [grams(piece) for piece in pieces]
    counts = {gram: sum(gram in each for each in held) for gram in weights}
    weights = {
        gram: weight * (SINGLE if len(gram) == 1 else 1.0) * math.log(1 + len(pieces) / (1 + counts[gram]))
        for gram, weight in weights.items()
        if counts[gram]
    }
    total = sum(weights.values()) or 1.0
    return [sum(weight for gram, weight in weights.items() if gram in each) / total for each in held]


def standardized(scores: Sequence[float]) -> Scores:
    """Scores moved to 0..1 over the pieces; all zero where they do not differ."""
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]
