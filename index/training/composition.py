"""A token's vector as its own plus those of its characters.

Most of the 32,000 pieces are words of two to four characters that the labelled questions hold a few times or
never, while nearly every character is common. Sharing the characters' vectors among the pieces lets 药价 learn
from 药费 and 房价 (the idea of fastText's subwords, Bojanowski et al. 2017). The sum is folded into one table
when the model is exported, so it costs nothing when a question is asked.
"""

import torch
from torch import Tensor
from torch.nn import functional

SPREAD = 0.03  # standard deviation of the vectors before training


class TokenTable(torch.nn.Module):
    """The vectors of all pieces: called, it gives the table of shape (pieces, dim)."""

    def __init__(self, pieces: list[str], dim: int) -> None:
        super().__init__()
        numbers = {character: number for number, character in enumerate(sorted(set("".join(pieces))))}
        self._members = torch.tensor([numbers[character] for piece in pieces for character in piece])
        lengths = torch.tensor([len(piece) for piece in pieces])
        self._starts = lengths.cumsum(0) - lengths
        self._shares = torch.repeat_interleave(lengths**-0.5, lengths)  # no longer a vector for a longer piece
        self.own = torch.nn.Parameter(torch.randn(len(pieces), dim) * SPREAD)
        self.characters = torch.nn.Parameter(torch.randn(len(numbers), dim) * SPREAD)

    def forward(self) -> Tensor:
        """Own vectors plus the characters' sum over the root of their number."""
        return self.own + functional.embedding_bag(
            self._members, self.characters, self._starts, mode="sum", per_sample_weights=self._shares
        )
