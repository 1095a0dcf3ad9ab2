"""Turn the sources into numbered tokens, ready to be drawn in batches.

Four streams teach the encoder: labelled question-passage pairs; lexicon entries (everyday word, official
term); a piece of a paragraph with everyday words put in place of official ones, against the paragraph; and a
piece of a paragraph against the rest of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.tokens import normalize
from index.training.sources import (
    Pair,
    is_held_out,
    is_ranker_fold,
    lay_pairs,
    lexicon_rows,
    other_pairs,
    own_pairs,
    paragraphs,
    stard_pairs,
)

Ids = npt.NDArray[np.int64]

LONGEST = 256  # tokens of a passage that are read
_BATCH = 20_000
_REPLACED = 0.8  # share of the official words in a sentence that become everyday ones
_SENTENCE = re.compile(r"[^。;；!?\n]+[。;；!?\n]?")
_PART = re.compile("[,，、]")

# How often a labelled pair is drawn, by its source: the nearer to the task, the more often.
WEIGHTS = {
    "stard": 3.0,
    "lecoqa": 1.0,
    "lawyer_llama": 1.0,
    "laws_pairs": 0.3,
    "cmrc2018": 0.6,
    "drcd": 0.6,
    "nmpa_device": 0.6,
    "medical_dialogue_sample": 0.3,
}
HAND_WRITTEN = 3.0  # lay questions written for this project


class Sequences:
    """Token sequences of different lengths in one array."""

    def __init__(self, sequences: Sequence[npt.NDArray[np.int64]]) -> None:
        self.starts = np.cumsum([0, *map(len, sequences)], dtype=np.int64)
        self.tokens = np.concatenate(sequences) if sequences else np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> npt.NDArray[np.int64]:
        return self.tokens[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True, slots=True)
class Stream:
    """Pairs of equal numbers: question i belongs to passage i."""

    questions: Sequences
    passages: Sequences


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled questions; several may share a passage. Passages come with and without their title."""

    questions: Sequences
    passage_of: npt.NDArray[np.int64]  # (questions,)
    titled: Sequences
    bare: Sequences
    chance: npt.NDArray[np.float64]  # (questions,), cumulative, for drawing


@dataclass(frozen=True, slots=True)
class Material:
    """Everything an encoder is trained on."""

    labelled: Labelled
    lexicon: Stream
    replaced: Stream
    plain: Stream


def labelled_pairs(data: Path, *, with_fold: bool) -> list[Pair]:
    """All pairs that may train: without the validation part and, unless asked for, without the ranker's fold."""
    lay = [pair for pair in lay_pairs(data) if not is_held_out(pair.group)]
    pairs = stard_pairs(data, held_out=False) + other_pairs(data) + lay + own_pairs(data)
    return pairs if with_fold else [pair for pair in pairs if not is_ranker_fold(pair, data)]


def make_material(data: Path, tokenizer: Tokenizer, *, with_fold: bool, drawn: int, seed: int) -> Material:
    """Read and number everything; `drawn` paragraphs are used for the two streams made from paragraphs."""
    rng = random.Random(seed)
    lexicon = lexicon_rows()
    pairs = [(word, term) for term, lay, near in lexicon for word in (*lay, *near)]
    texts = [normalize(text) for _, text in paragraphs(data)]
    rng.shuffle(texts)
    plain, replaced = _from_paragraphs(texts[:drawn], _everyday_words(lexicon), rng)
    return Material(
        labelled=_labelled(labelled_pairs(data, with_fold=with_fold), tokenizer),
        lexicon=_stream(pairs, tokenizer),
        replaced=_stream(replaced, tokenizer),
        plain=_stream(plain, tokenizer),
    )


def number(texts: Sequence[str], tokenizer: Tokenizer) -> Sequences:
    """The token numbers of normalized texts, at most LONGEST each."""
    sequences: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(texts), _BATCH):
        encodings = tokenizer.encode_batch_fast(list(texts[start : start + _BATCH]), add_special_tokens=False)
        sequences += [np.asarray(encoding.ids[:LONGEST] or [1], dtype=np.int64) for encoding in encodings]
    return Sequences(sequences)


def _labelled(pairs: Sequence[Pair], tokenizer: Tokenizer) -> Labelled:
    titled: dict[str, int] = {}
    bare: list[str] = []
    passage_of = []
    for pair in pairs:
        text = normalize(f"{pair.title} {pair.passage}")
        if text not in titled:
            titled[text] = len(titled)
            bare.append(normalize(pair.passage))
        passage_of.append(titled[text])
    weights = np.asarray([WEIGHTS.get(pair.kind, HAND_WRITTEN) for pair in pairs])
    return Labelled(
        questions=number([normalize(pair.question) for pair in pairs], tokenizer),
        passage_of=np.asarray(passage_of, dtype=np.int64),
        titled=number(list(titled), tokenizer),
        bare=number(bare, tokenizer),
        chance=np.cumsum(weights) / weights.sum(),
    )


def _stream(pairs: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> Stream:
    return Stream(
        number([normalize(first) for first, _ in pairs], tokenizer),
        number([normalize(second) for _, second in pairs], tokenizer),
    )


def _everyday_words(lexicon: Sequence[tuple[str, list[str], list[str]]]) -> dict[str, list[str]]:
    """Everyday words of two to eight characters for each official term of two characters or more."""
    words: dict[str, list[str]] = {}
    for term, lay, _ in lexicon:
        short = [normalize(word) for word in lay if 2 <= len(word) <= 8]
        if short and len(term) > 1:
            words.setdefault(normalize(term), []).extend(short)
    return words


def _from_paragraphs(
    texts: Sequence[str], everyday: dict[str, list[str]], rng: random.Random
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(piece, rest of its paragraph) and (piece in everyday words, paragraph)."""
    longest = max(map(len, everyday))
    plain, replaced = [], []
    for text in texts:
        sentences = [sentence for sentence in _SENTENCE.findall(text) if len(sentence) >= 8]
        if not sentences:
            continue
        if len(sentences) > 1:
            chosen = rng.choice(sentences)
            rest = text.replace(chosen, "", 1)
            plain.append((_piece(chosen, rng), rest if len(rest) >= 15 else text))
        words, count = _in_everyday_words(_piece(rng.choice(sentences), rng), everyday, longest, rng)
        if count:
            replaced.append((words, text))
    return plain, replaced


def _piece(sentence: str, rng: random.Random) -> str:
    """One to three neighbouring parts of a long sentence; a short one whole."""
    parts = [part for part in _PART.split(sentence) if len(part) >= 4]
    if len(sentence) <= 40 or len(parts) <= 2:
        return sentence
    start = rng.randrange(len(parts) - 1)
    return ",".join(parts[start : start + rng.choice((1, 2, 3))])


def _in_everyday_words(
    sentence: str, everyday: dict[str, list[str]], longest: int, rng: random.Random
) -> tuple[str, int]:
    """The sentence with official terms replaced, longest first, and how many were."""
    pieces, start, count = [], 0, 0
    while start < len(sentence):
        for length in range(min(longest, len(sentence) - start), 1, -1):
            word = sentence[start : start + length]
            if word in everyday:
                replace = rng.random() < _REPLACED
                pieces.append(rng.choice(everyday[word]) if replace else word)
                count += replace
                start += length
                break
        else:
            pieces.append(sentence[start])
            start += 1
    return "".join(pieces), count
