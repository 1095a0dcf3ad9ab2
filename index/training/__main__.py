"""Train the shipped model: `python -m index.training --data DIR --out index/model`, about an hour on two cores.

The ranker must be fitted on vectors of questions that the encoder did not see. So an encoder is trained
without the ranker's fold, the ranker is fitted with it, and then the encoder that ships is trained on
everything but the validation part.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from tokenizers import Tokenizer

from index.tokens import normalize
from index.training.collections import ranker_examples
from index.training.encoder import confused_passages, train_late, train_pooled
from index.training.examples import labelled_pairs, make_material
from index.training.export import export_encoder
from index.training.fusion import save_ranker, train_ranker
from index.training.sources import lexicon_rows, paragraphs
from index.training.tokenizer import tokenizer_texts, train_tokenizer

PIECES = 32_000
TOKENIZER_CHARACTERS = 12_000_000
PARAGRAPHS = 200_000
FOLD_STEPS = (1600, 1200)  # of the two stages of the encoder that only serves the ranker
STEPS = (2000, 2000)
SEED = 1


def main() -> None:
    """Train everything and write the model folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="data folder, laid out as the model card says")
    arguments.add_argument("--out", type=Path, required=True, help="model folder to write")
    arguments.add_argument("--name", default="tiaowen-static-2", help="name that indexes record")
    arguments.add_argument("--scale", type=float, default=1.0, help="share of the training steps, for a trial")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fold = Path(folder) / "fold"
        tokenizer = _tokenizer(given.data)
        _train(given.data, tokenizer, fold, FOLD_STEPS, given.scale, given.name, with_fold=False)
        save_ranker(train_ranker(ranker_examples(given.data, fold, seed=SEED), seed=SEED), fold)
        _train(given.data, tokenizer, given.out, STEPS, given.scale, given.name, with_fold=True)
        shutil.copy(fold / "ranker.safetensors", given.out)


def _tokenizer(data: Path) -> Tokenizer:
    questions = [normalize(pair.question) for pair in labelled_pairs(data, with_fold=True)]
    words = [normalize(word) for term, lay, near in lexicon_rows() for word in (term, *lay, *near)]
    texts = (normalize(text) for _, text in paragraphs(data))
    sample = tokenizer_texts(questions + words, texts, characters=TOKENIZER_CHARACTERS, seed=SEED)
    return train_tokenizer(sample, pieces=PIECES)


def _train(
    data: Path,
    tokenizer: Tokenizer,
    out: Path,
    steps: tuple[int, int],
    scale: float,
    name: str,
    *,
    with_fold: bool,
) -> None:
    material = make_material(data, tokenizer, with_fold=with_fold, drawn=PARAGRAPHS, seed=SEED)
    first, second = (max(1, int(each * scale)) for each in steps)
    vocabulary = tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    table = train_pooled(material, pieces, steps=first, seed=SEED, report=_report)
    confused = confused_passages(table, material.labelled)
    trained = train_late(material, table, confused, steps=second, seed=SEED, report=_report)
    export_encoder(
        out,
        name=name,
        tokenizer=tokenizer,
        table=trained.table,
        projection=trained.projection,
        weights=trained.weights,
    )


def _report(stage: str, step: int, loss: float) -> None:
    print(f"{time.strftime('%H:%M:%S')} {stage} {step}: loss {loss:.3f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
