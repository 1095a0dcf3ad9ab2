"""The hand-written lexicon between everyday words and official ones, used to expand questions.

`data/lexicon/` holds two directions: what people say for an official term, and which official terms stand
behind an everyday word. Both are read into one map from everyday word to official terms. An everyday word
that stands for many terms says little about each, so each term's weight is shared out. Only the direction written
from the everyday word decides for such words; the other one lists loose associations too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "lexicon"

LONGEST = 8  # characters of an everyday word that is looked up
_SPECIFIC = 4  # a loose association with more terms than this is too general to expand


@cache
def everyday_words() -> Mapping[str, tuple[str, ...]]:
    """Official terms for each everyday word, the hand-written direction first."""
    direct: dict[str, dict[str, None]] = {}
    for row in rows("lay-to-official"):
        direct.setdefault(row["lay"], {}).update((term, None) for term in row["official"] if "……" not in term)
    loose: dict[str, dict[str, None]] = {}
    for row in rows("part"):
        for word in row["lay"]:
            loose.setdefault(word, {})[row["term"]] = None
    words = {word: tuple(terms) for word, terms in loose.items() if len(terms) <= _SPECIFIC}
    words.update((word, tuple(terms)) for word, terms in direct.items())
    return {word: terms for word, terms in words.items() if 2 <= len(word) <= LONGEST}


def rows(direction: str) -> list[dict[str, Any]]:
    """The entries of one direction: "part" (`term`, `lay`, `near`) or "lay-to-official" (`lay`, `official`)."""
    paths = sorted(FOLDER.glob(f"{direction}*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def expand(question: str) -> dict[str, float]:
    """Official terms that a normalized question's everyday words stand for, each with a weight up to 1.

    Longer words win over the shorter ones inside them.

    >>> "处方" in expand("抓药要不要大夫开单子")
    True
    """
    words = everyday_words()
    found: dict[str, float] = {}
    start = 0
    while start < len(question):
        for length in range(min(LONGEST, len(question) - start), 1, -1):
            word = question[start : start + length]
            terms = words.get(word)
            if terms:
                for term in terms:
                    if term not in question:
                        found[term] = max(found.get(term, 0.0), 1.0 / len(terms))
                start += length - 1
                break
        start += 1
    return found
