"""Train the token vectors: first the pooled vector alone, then together with late interaction.

Both are contrastive: a question must be nearer to its passage than to the other passages of the batch
(van den Oord et al. 2018; Karpukhin et al. 2020), in the second stage also nearer than passages that the
first stage confuses with it. All steps run on a processor; the seeds fix every draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from index.training.composition import TokenTable
from index.training.examples import Labelled, Material, Sequences

Report = Callable[[str, int, float], None]  # stage, step, loss since the last report

DIM = 384
LATE_DIM = 128
MIX = (0.35, 0.17, 0.24)  # labelled, lexicon, replaced; the rest of a batch is plain
BATCH = 1024
POOLED_RATE = 0.015
TEMPERATURE = 0.05
LATE_TEMPERATURE = 0.03
DROPPED = 0.1  # tokens of a question left out at random
LATE_QUESTIONS, LATE_NEGATIVES = 64, 2  # questions of a step of the second stage, confused passages for each
LATE_TOKENS = 112  # tokens of a passage that late interaction reads while training
POOLED_BATCH = 768  # the pooled vector's batch in the second stage
POOLED_SHARE = 0.5
CONFUSED = 30  # confused passages kept for each question
_NEARLY_GOLD = 3  # the passages nearest to a question beside its own are often right too
_REPORTED = 100


@dataclass(frozen=True, slots=True)
class Trained:
    """table (pieces, DIM), projection (LATE_DIM, DIM), weights (pieces,): importance of a token, positive."""

    table: Tensor
    projection: Tensor
    weights: Tensor


def train_pooled(material: Material, pieces: list[str], *, steps: int, seed: int, report: Report) -> Tensor:
    """The token table after the first stage."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    tokens = TokenTable(pieces, DIM)
    optimizer = torch.optim.Adam(tokens.parameters(), lr=POOLED_RATE, betas=(0.9, 0.99), fused=True)
    sizes = [int(BATCH * share) for share in MIX]
    sizes.append(BATCH - sum(sizes))
    total = 0.0
    table: Tensor = tokens()
    for step in range(steps):
        _set_rate(optimizer, [POOLED_RATE], step, steps, 100)
        questions, passages, keys = _mixed_batch(material, sizes, rng)
        loss = _contrast(_pool(table, questions), _pool(table, passages), keys, keys, TEMPERATURE, both_ways=0.3)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        table = tokens()
        total = _tell(report, "pooled", step, total + loss.item())
    return table.detach()


def confused_passages(table: Tensor, labelled: Labelled) -> npt.NDArray[np.int64]:
    """For each question the passages that the first stage ranks highest beside its own: (questions, CONFUSED)."""
    passages = _pool_all(table, labelled.titled)
    questions = _pool_all(table, labelled.questions)
    found = np.zeros((len(questions), CONFUSED), dtype=np.int64)
    for start in range(0, len(questions), 2048):
        scores = questions[start : start + 2048] @ passages.T
        own = torch.from_numpy(labelled.passage_of[start : start + 2048])
        scores[torch.arange(len(scores)), own] = -9
        nearest = torch.topk(scores, CONFUSED + _NEARLY_GOLD, dim=1).indices
        found[start : start + 2048] = nearest[:, _NEARLY_GOLD:].numpy()
    return found


def train_late(
    material: Material,
    table: Tensor,
    confused: npt.NDArray[np.int64],
    *,
    steps: int,
    seed: int,
    report: Report,
) -> Trained:
    """The table, the projection and the token weights after the second stage.

    Each token's vector goes its own way here: moving the characters' as well undoes the first stage.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    table = torch.nn.Parameter(table.clone())
    projection = torch.nn.Linear(DIM, LATE_DIM, bias=False)
    weights = torch.nn.Embedding(len(table), 1)
    with torch.no_grad():
        sample = table[torch.randperm(len(table))[:6000]]
        projection.weight.copy_(torch.linalg.svd(sample, full_matrices=False).Vh[:LATE_DIM])
        norms = table.norm(dim=1, keepdim=True)
        weights.weight.copy_((norms / norms.mean()).clamp(0.05, 3).log())
    rates = [0.002, 0.003]
    late_parameters = [*projection.parameters(), weights.weight]
    optimizer = torch.optim.Adam(
        [{"params": [table], "lr": rates[0]}, {"params": late_parameters, "lr": rates[1]}],
        betas=(0.9, 0.99),
        fused=True,
    )
    labelled = material.labelled
    total = 0.0
    for step in range(steps):
        _set_rate(optimizer, rates, step, steps, 50)
        chosen = _draw(labelled, LATE_QUESTIONS, rng)
        gold = labelled.passage_of[chosen]
        columns = rng.integers(0, CONFUSED, (LATE_QUESTIONS, LATE_NEGATIVES))
        passages = np.concatenate([gold, confused[chosen[:, None], columns].ravel()])
        scores = _late_scores(
            table,
            projection,
            weights,
            [_thin(labelled.questions[i], rng) for i in chosen],
            [_passage(labelled, i, rng) for i in passages],
        )
        late = _cross_entropy(scores / LATE_TEMPERATURE, gold, passages)
        loss = late + POOLED_SHARE * _pooled_loss(material, table, confused, rng)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total = _tell(report, "late", step, total + late.item())
    return Trained(
        table.detach(), projection.weight.detach(), weights.weight.detach().squeeze(-1).exp()
    )


class _BestToken(torch.autograd.Function):
    """For each question token and passage the highest inner product with a token of the passage.

    Written out because the general form keeps (question tokens, passages, tokens) numbers for the way back;
    only the places of the maxima are needed.
    """

    @staticmethod
    def forward(ctx: Any, asked: Tensor, tokens: Tensor, passages: int, penalty: Tensor) -> Tensor:
        similar = (asked @ tokens.T).view(len(asked), passages, -1) + penalty
        best, place = similar.max(-1)
        ctx.save_for_backward(asked, tokens, place)
        ctx.length = similar.shape[-1]
        return best

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None, None]:
        (gradient,) = gradients
        asked, tokens, place = ctx.saved_tensors
        rows = place + torch.arange(gradient.shape[1])[None] * ctx.length
        to_asked, to_tokens = torch.empty_like(asked), torch.zeros_like(tokens)
        for start in range(0, len(asked), 64):
            part = slice(start, start + 64)
            to_asked[part] = torch.bmm(gradient[part, None], tokens[rows[part]]).squeeze(1)
            flow = (gradient[part, :, None] * asked[part, None]).reshape(-1, asked.shape[1])
            to_tokens.index_add_(0, rows[part].reshape(-1), flow)
        return to_asked, to_tokens, None, None


def _late_scores(
    table: Tensor,
    projection: torch.nn.Linear,
    weights: torch.nn.Embedding,
    questions: list[npt.NDArray[np.int64]],
    passages: list[npt.NDArray[np.int64]],
) -> Tensor:
    """Weighted mean of the best cosines, shape (questions, passages)."""
    tokens, _ = _joined(questions)
    owner = torch.repeat_interleave(torch.arange(len(questions)), torch.tensor([len(each) for each in questions]))
    padded = torch.zeros((len(passages), LATE_TOKENS), dtype=torch.long)
    for row, passage in enumerate(passages):
        kept = passage[:LATE_TOKENS]
        padded[row, : len(kept)] = torch.from_numpy(kept)
    asked = functional.normalize(projection(functional.embedding(tokens, table)), dim=-1)
    held = functional.normalize(projection(functional.embedding(padded, table)), dim=-1).view(-1, LATE_DIM)
    penalty = (padded == 0).float()[None] * -4
    best: Tensor = _BestToken.apply(asked, held, len(passages), penalty)  # type: ignore[no-untyped-call]
    weight = torch.exp(weights(tokens))
    total = torch.zeros(len(questions), 1).index_add(0, owner, weight)
    return torch.zeros(len(questions), len(passages)).index_add(0, owner, best * weight) / total


def _pooled_loss(
    material: Material, table: Tensor, confused: npt.NDArray[np.int64], rng: np.random.Generator
) -> Tensor:
    """Keep the pooled vector good while the tokens change: labelled with confused passages, replaced, lexicon."""
    labelled = material.labelled
    half, quarter = POOLED_BATCH // 2, POOLED_BATCH // 4
    chosen = _draw(labelled, half, rng)
    replaced = rng.integers(0, len(material.replaced.questions), quarter)
    entries = rng.integers(0, len(material.lexicon.questions), quarter)
    negatives = confused[chosen, rng.integers(0, CONFUSED, half)]
    gold = labelled.passage_of[chosen]
    questions = [
        *(labelled.questions[i] for i in chosen),
        *(material.replaced.questions[i] for i in replaced),
        *(material.lexicon.questions[i] for i in entries),
    ]
    passages = [
        *(_passage(labelled, i, rng) for i in gold),
        *(material.replaced.passages[i] for i in replaced),
        *(material.lexicon.passages[i] for i in entries),
        *(labelled.titled[i] for i in negatives),
    ]
    keys = _keys(gold, replaced, entries)
    return _contrast(
        _pool(table, questions), _pool(table, passages), keys, np.append(keys, negatives), TEMPERATURE
    )


def _mixed_batch(
    material: Material, sizes: list[int], rng: np.random.Generator
) -> tuple[list[npt.NDArray[np.int64]], list[npt.NDArray[np.int64]], npt.NDArray[np.int64]]:
    """Questions, their passages, and keys that are equal where two share a passage."""
    labelled = material.labelled
    chosen = _draw(labelled, sizes[0], rng)
    gold = labelled.passage_of[chosen]
    questions = [_thin(labelled.questions[i], rng) for i in chosen]
    passages = [_passage(labelled, i, rng) for i in gold]
    drawn = []
    for stream, size in ((material.lexicon, sizes[1]), (material.replaced, sizes[2]), (material.plain, sizes[3])):
        numbers = rng.integers(0, len(stream.questions), size)
        thin = stream is not material.lexicon
        questions += [_thin(stream.questions[i], rng) if thin else stream.questions[i] for i in numbers]
        passages += [stream.passages[i] for i in numbers]
        drawn.append(numbers)
    return questions, passages, _keys(gold, *drawn)


def _keys(*numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """One key for each number; equal numbers of different streams get different keys."""
    return np.concatenate([each + stream * 10**7 for stream, each in enumerate(numbers)])


def _draw(labelled: Labelled, count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return np.searchsorted(labelled.chance, rng.random(count))


def _thin(question: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """A question without some of its tokens; short ones stay whole."""
    if len(question) <= 3:
        return question
    kept = question[rng.random(len(question)) > DROPPED]
    return kept if len(kept) else question


def _passage(labelled: Labelled, number: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """A passage, with its title every other time."""
    return (labelled.titled if rng.random() < 0.5 else labelled.bare)[number]


def _joined(sequences: list[npt.NDArray[np.int64]]) -> tuple[Tensor, Tensor]:
    starts = np.cumsum([0, *map(len, sequences)])[:-1]
    return torch.from_numpy(np.concatenate(sequences)), torch.from_numpy(starts)


def _pool(table: Tensor, sequences: list[npt.NDArray[np.int64]]) -> Tensor:
    tokens, starts = _joined(sequences)
    return functional.normalize(functional.embedding_bag(tokens, table, starts, mode="sum"), dim=-1)


@torch.no_grad()
def _pool_all(table: Tensor, sequences: Sequences) -> Tensor:
    numbers = range(len(sequences))
    return torch.cat(
        [
            _pool(table, [sequences[i] for i in numbers[start : start + 8192]])
            for start in range(0, len(sequences), 8192)
        ]
    )


def _contrast(
    questions: Tensor,
    passages: Tensor,
    question_keys: npt.NDArray[np.int64],
    passage_keys: npt.NDArray[np.int64],
    temperature: float,
    *,
    both_ways: float = 0.0,
) -> Tensor:
    """Cross entropy of each question's own passage among all; `both_ways` adds that of each passage's question."""
    scores = _masked(questions @ passages.T / temperature, question_keys, passage_keys)
    own = torch.arange(len(questions))
    loss = functional.cross_entropy(scores, own)
    if both_ways:
        loss = loss + both_ways * functional.cross_entropy(scores[:, : len(questions)].T, own)
    return loss


def _cross_entropy(
    scores: Tensor, question_keys: npt.NDArray[np.int64], passage_keys: npt.NDArray[np.int64]
) -> Tensor:
    return functional.cross_entropy(_masked(scores, question_keys, passage_keys), torch.arange(len(scores)))


def _masked(
    scores: Tensor, question_keys: npt.NDArray[np.int64], passage_keys: npt.NDArray[np.int64]
) -> Tensor:
    """Other copies of a question's own passage are no negatives."""
    same = torch.from_numpy(question_keys[:, None] == passage_keys[None])
    own = torch.arange(len(scores))
    same[own, own] = False
    return scores.masked_fill(same, -1e4)


def _set_rate(optimizer: torch.optim.Optimizer, rates: list[float], step: int, steps: int, warmup: int) -> None:
    """Linear warm-up, then linear down to a fiftieth."""
    factor = min(1.0, (step + 1) / warmup) * max(0.02, 1 - step / steps)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * factor


def _tell(report: Report, stage: str, step: int, total: float) -> float:
    if (step + 1) % _REPORTED:
        return total
    report(stage, step + 1, total / _REPORTED)
    return 0.0
