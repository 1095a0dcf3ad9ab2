"""Train the Unigram tokenizer of the shipped encoder."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "<unk>"
PADDING = "<pad>"


def train_tokenizer(texts: Iterable[str], *, pieces: int) -> Tokenizer:
    """A Unigram tokenizer of `pieces` pieces over normalized `texts`.

    Pieces never cross punctuation, blanks or the border between digits and other characters, and are at
    most six characters long: longer ones are formulas of official prose that no question contains.
    """
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Split(Regex(r"[a-z]+|\d+(?:\.\d+)?"), "isolated"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces,
        special_tokens=[PADDING, UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=6,
        shrinking_factor=0.6,
        n_sub_iterations=1,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def tokenizer_texts(
    questions: Iterable[str], paragraphs: Iterable[str], *, characters: int, seed: int
) -> Iterator[str]:
    """Every question three times, so that everyday words get pieces, and a sample of the paragraphs."""
    for question in questions:
        for _ in range(3):
            yield question
    pool = list(paragraphs)
    random.Random(seed).shuffle(pool)
    for paragraph in pool:
        characters -= len(paragraph)
        if characters < 0:
            return
        yield paragraph
