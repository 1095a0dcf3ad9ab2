"""Peers on the same work: other retrievers over the same clauses, questions and encoder, in one run.

Each peer is set up as its documentation shows for a person who starts with it, with nothing tuned, and those
that embed use the encoder that ships here: what differs is the retriever. A peer whose package is missing is
skipped and says so; the packages come with the extra "peers".
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.datasets import Row
from eval.evaluate import DEPTH, Progress, Search, Setting, evaluate, summarize
from eval.optional import MissingPackage, need
from eval.questions import EvalQuestion

Make = Callable[[Sequence[Row], Path], Search]
_FUSION = 60


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One retriever: its build time and summary, or why it was skipped; the ratios are its figure over
    ours.
    """

    name: str
    skipped: str | None
    build_s: float | None
    summary: Mapping[str, Any] | None
    ratios: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PeerReport:
    """The table; the first row is the retriever of this project."""

    setting: Setting
    clauses: int
    rows: tuple[PeerRow, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure_peers(
    questions: Sequence[EvalQuestion],
    rows: Sequence[Row],
    makers: Mapping[str, Make],
    encoder: Path,
    setting: Setting,
    *,
    progress: Progress | None = None,
) -> PeerReport:
    """Build each retriever of `makers` over `rows` and measure it; the first is ours, the others are compared
    with it.

    `encoder` is a folder in the layout of Sentence Transformers.
    """
    found: list[PeerRow] = []
    for number, (name, make) in enumerate(makers.items(), start=1):
        found.append(_measure(name, make, questions, rows, encoder, found[0].summary if found else None))
        if progress is not None:
            progress(number, len(makers))
    return PeerReport(setting, len(rows), tuple(found))


def _measure(
    name: str,
    make: Make,
    questions: Sequence[EvalQuestion],
    rows: Sequence[Row],
    encoder: Path,
    ours: Mapping[str, Any] | None,
) -> PeerRow:
    begun = perf_counter()
    try:
        search = make(rows, encoder)
    except MissingPackage as error:
        return PeerRow(name, str(error), None, None, {})
    built = perf_counter() - begun
    summary = summarize(evaluate(questions, search, depth=DEPTH))
    return PeerRow(name, None, built, summary, _ratios(summary, ours) if ours else {})


def _ratios(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, float]:
    pairs = {name: (theirs[name], ours[name]) for name in ("hit@1", "mrr", "ndcg@10")}
    pairs["p50"] = (theirs["latency_ms"]["p50"], ours["latency_ms"]["p50"])
    return {name: mine / our for name, (mine, our) in pairs.items() if mine is not None and our}


def bm25s_default(rows: Sequence[Row], _: Path) -> Search:
    """bm25s with its default tokenizer: words between marks, so a Chinese clause between commas is one
    word.
    """
    tokenize = need("bm25s", "peers").tokenize
    return _bm25s(rows, lambda text: tokenize([text], show_progress=False, return_ids=False)[0])


def bm25s_bigrams(rows: Sequence[Row], _: Path) -> Search:
    """bm25s over pairs of neighbouring characters, the usual remedy for Chinese."""
    return _bm25s(rows, _bigrams)


def _bm25s(rows: Sequence[Row], tokens: Callable[[str], list[str]]) -> Search:
    retriever = need("bm25s", "peers").BM25()
    retriever.index([tokens(_text(row)) for row in rows], show_progress=False)

    def search(text: str, k: int) -> list[tuple[str, float]]:
        found = retriever.retrieve([tokens(text)], k=min(k, len(rows)), show_progress=False)
        hits = zip(found.documents[0], found.scores[0], strict=True)
        return [(rows[int(row)].passage_id, float(score)) for row, score in hits if score > 0]

    return search


def tf_idf(rows: Sequence[Row], _: Path) -> Search:
    """scikit-learn's TF-IDF over characters and pairs of them, ranked by cosine."""
    text_features = need("sklearn.feature_extraction.text", "peers")
    vectorizer = text_features.TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    matrix = vectorizer.fit_transform([_text(row) for row in rows])

    def search(text: str, k: int) -> list[tuple[str, float]]:
        scores = (matrix @ vectorizer.transform([text]).T).toarray()[:, 0]
        best = (-scores).argsort(kind="stable")[:k]
        return [(rows[int(row)].passage_id, float(scores[row])) for row in best if scores[row] > 0]

    return search


def txtai_hybrid(rows: Sequence[Row], encoder: Path) -> Search:
    """txtai's hybrid index: dense and sparse, combined with its default weights."""
    txtai = need("txtai", "peers")
    embeddings = txtai.Embeddings(path=str(encoder), method="sentence-transformers", hybrid=True)
    embeddings.index([(row.passage_id, _text(row), None) for row in rows])

    def search(text: str, k: int) -> list[tuple[str, float]]:
        return [(name, float(score)) for name, score in embeddings.search(text, k)]

    return search


def haystack_hybrid(rows: Sequence[Row], encoder: Path) -> Search:
    """Haystack's in-memory store: its BM25 and its embedding retriever, joined by reciprocal rank fusion."""
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    haystack = need("haystack", "peers")
    retrievers = need("haystack.components.retrievers.in_memory", "peers")
    joiners = need("haystack.components.joiners", "peers")
    stores = need("haystack.document_stores.in_memory", "peers")
    model = _model(encoder)
    texts = [_text(row) for row in rows]
    vectors = model.encode(texts, show_progress_bar=False)
    store = stores.InMemoryDocumentStore()
    store.write_documents(
        [
            haystack.Document(id=row.passage_id, content=text, embedding=vector.tolist())
            for row, text, vector in zip(rows, texts, vectors, strict=True)
        ]
    )
    sparse, dense = retrievers.InMemoryBM25Retriever(store), retrievers.InMemoryEmbeddingRetriever(store)
    joiner = joiners.DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(text: str, k: int) -> list[tuple[str, float]]:
        vector = model.encode(text, show_progress_bar=False).tolist()
        lists = [
            sparse.run(query=text, top_k=k)["documents"],
            dense.run(query_embedding=vector, top_k=k)["documents"],
        ]
        joined = joiner.run(documents=lists, top_k=k)["documents"]
        return [(document.id, float(document.score)) for document in joined]

    return search


def langchain_hybrid(rows: Sequence[Row], encoder: Path) -> Search:
    """LangChain's EnsembleRetriever over its BM25 and its in-memory vectors; it gives no scores, so ranks
    stand in.

    Its BM25 splits at white space only, so in Chinese nearly all clauses tie at 0, and the half of the ensemble
    that it gives is the order of the library.
    """
    return _langchain(rows, encoder, str.split)


def langchain_bigrams(rows: Sequence[Row], encoder: Path) -> Search:
    """The same with pairs of characters for its BM25: txtai and Haystack split Chinese by themselves, this does not."""
    return _langchain(rows, encoder, _bigrams)


def _langchain(rows: Sequence[Row], encoder: Path, tokens: Callable[[str], list[str]]) -> Search:
    documents = need("langchain_core.documents", "peers")
    stores = need("langchain_core.vectorstores", "peers")
    retrievers = need("langchain_community.retrievers", "peers")
    ensembles = need("langchain_classic.retrievers", "peers")
    need("rank_bm25", "peers")
    embeddings = need("langchain_core.embeddings", "peers")
    model = _model(encoder)

    class Shipped(embeddings.Embeddings):  # type: ignore[misc,name-defined]
        """The shipped encoder behind LangChain's interface."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in model.encode(texts, show_progress_bar=False)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    pages = [documents.Document(page_content=_text(row), metadata={"id": row.passage_id}) for row in rows]
    vectors = stores.InMemoryVectorStore.from_documents(pages, Shipped())
    sparse = retrievers.BM25Retriever.from_documents(pages, k=DEPTH, preprocess_func=tokens)
    dense = vectors.as_retriever(search_kwargs={"k": DEPTH})
    ensemble = ensembles.EnsembleRetriever(retrievers=[sparse, dense], weights=[0.5, 0.5])

    def search(text: str, k: int) -> list[tuple[str, float]]:
        found = ensemble.invoke(text)[:k]
        return [(page.metadata["id"], 1 / (_FUSION + rank)) for rank, page in enumerate(found, start=1)]

    return search


PEERS: Mapping[str, Make] = {
    "bm25s, default tokenizer": bm25s_default,
    "bm25s, bigrams": bm25s_bigrams,
    "TF-IDF": tf_idf,
    "txtai hybrid": txtai_hybrid,
    "Haystack hybrid": haystack_hybrid,
    "LangChain hybrid": langchain_hybrid,
    "LangChain hybrid, bigrams": langchain_bigrams,
}


def _model(encoder: Path) -> Any:
    return need("sentence_transformers", "peers").SentenceTransformer(str(encoder), device="cpu")


def _bigrams(text: str) -> list[str]:
    return [text[row : row + 2] for row in range(len(text) - 1)]


def _text(row: Row) -> str:
    return f"{row.title}\n{row.text}" if row.title else row.text
