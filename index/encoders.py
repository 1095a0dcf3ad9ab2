"""Turn text into vectors: the encoder that ships, read without torch, or any Sentence Transformers model.

A static encoder gives each token a vector and a text the normalized sum of its tokens' vectors. Reading one
needs a tokenizer and a table, no network of layers: milliseconds to open, microseconds to ask.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index.errors import ModelUnavailable
from index.tokens import normalize

Floats = npt.NDArray[np.float32]

SHIPPED = Path(__file__).parent / "model"

# Instructions that a family of models expects before a question, by a piece of the model's name.
# Sources: the model cards of BAAI/bge-*-zh-v1.5 and intfloat/multilingual-e5-*.
_QUESTION_PROMPTS = {"bge-": "为这个句子生成表示以用于检索相关文章：", "e5-": "query: "}
_CLAUSE_PROMPTS = {"e5-": "passage: "}


class Encoder(Protocol):
    """Questions and clauses to unit vectors of `dim` float32 numbers, one row a text."""

    name: str
    @property
    def dim(self) -> int: ...

    def encode_questions(self, texts: Sequence[str]) -> Floats: ...

    def encode_clauses(self, texts: Sequence[str]) -> Floats: ...


class StaticEncoder:
    """The shipped encoder, or any Sentence Transformers folder with a static embedding, without torch."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        """Raise `ModelUnavailable` when `folder` does not hold a static embedding."""
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.table = load_file(folder / "model.safetensors")["embedding.weight"]
        except (OSError, KeyError, Exception) as error:  # tokenizers raises bare Exception
            raise ModelUnavailable(
                f"{folder} does not hold a static embedding (tokenizer.json and model.safetensors with "
                f"embedding.weight): {error}."
            ) from error
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        card = folder / "tiaowen.json"
        self.name = json.loads(card.read_text(encoding="utf-8"))["name"] if card.exists() else folder.name
        self.dim = int(self.table.shape[1])

    def token_ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.uint16]]:
        """The token numbers of each text, which is normalized first."""
        encodings = self.tokenizer.encode_batch_fast([normalize(text) for text in texts], add_special_tokens=False)
        return [np.asarray(encoding.ids, dtype=np.uint16) for encoding in encodings]

    def is_word(self, text: str) -> bool:
        """True for a piece of the vocabulary."""
        return self.tokenizer.token_to_id(text) is not None

    def rows(self, ids: npt.NDArray[np.integer[Any]]) -> Floats:
        """The vectors of tokens: shape (len(ids), dim)."""
        return np.asarray(self.table[ids], dtype=np.float32)

    def pool(self, ids: Sequence[npt.NDArray[np.integer[Any]]]) -> Floats:
        """One unit vector for each sequence of tokens; a zero vector for an empty one."""
        vectors = np.zeros((len(ids), self.dim), dtype=np.float32)
        for row, sequence in enumerate(ids):
            if len(sequence):
                vectors[row] = self.rows(sequence).sum(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of questions, shape (len(texts), dim)."""
        return self.pool(self.token_ids(texts))

    def encode_clauses(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of clauses, shape (len(texts), dim); the same tower as questions."""
        return self.pool(self.token_ids(texts))


class SentenceTransformerEncoder:
    """Any model that Sentence Transformers loads, by name or path, with the prompts of its family."""

    def __init__(self, name: str) -> None:
        """Raise `ModelUnavailable` when the model is neither on this machine nor can be fetched."""
        from sentence_transformers import SentenceTransformer  # seconds to import, so only where it is used

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:
            raise ModelUnavailable(
                f"The encoder {name!r} could not be loaded ({type(error).__name__}); name a folder with a "
                "Sentence Transformers model or a model that this machine can fetch, or leave the encoder out "
                "to use the shipped one."
            ) from error
        self.name = name

    @cached_property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def _encode(self, texts: Sequence[str], prompts: dict[str, str], kind: str) -> Floats:
        own = self._model.prompts.get(kind)
        prompt = own or next((text for piece, text in prompts.items() if piece in self.name.lower()), "")
        vectors = self._model.encode(
            list(texts), prompt=prompt or None, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of questions, shape (len(texts), dim)."""
        return self._encode(texts, _QUESTION_PROMPTS, "query")

    def encode_clauses(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of clauses, shape (len(texts), dim)."""
        return self._encode(texts, _CLAUSE_PROMPTS, "document")


def open_encoder(name: str | None) -> Encoder:
    """The shipped encoder for None, else the model of that name or path."""
    return StaticEncoder() if name is None else SentenceTransformerEncoder(name)
