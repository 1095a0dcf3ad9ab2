"""The form in which texts are compared: what two people would call the same words.

Anchors and answers are typed by hand or copied from a page, so widths, spaces and the private-use glyphs of a
word processor must make no difference. Spans found in this form lead back to the original text.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache


class FoldedText:
    """A text after NFKC without white space and private-use characters, with the way back to the original.

    This is the form in which anchors are compared, so that full-width digits, spaces inside a line and the
    private-use glyphs of a word processor make no difference. `FoldedText("第１ 条").text == "第1条"`.
    """

    def __init__(self, original: str) -> None:
        pieces: list[str] = []
        self._spans: list[tuple[int, int]] = []
        for start, cluster in _clusters(original):
            folded = _folded(cluster)
            pieces.append(folded)
            self._spans.extend([(start, start + len(cluster))] * len(folded))
        self.text = "".join(pieces)

    def find_all(self, needle: str) -> list[tuple[int, int]]:
        """Spans in the original text of each occurrence of the folded `needle`, overlapping ones included."""
        spans: list[tuple[int, int]] = []
        at = self.text.find(needle)
        while needle and at >= 0:
            spans.append((self._spans[at][0], self._spans[at + len(needle) - 1][1]))
            at = self.text.find(needle, at + 1)
        return spans


def fold(text: str) -> str:
    """`text` in the form in which anchors and answers are compared: NFKC, no white space, no private use."""
    return FoldedText(text).text


@lru_cache(maxsize=1 << 15)
def _folded(cluster: str) -> str:
    """One cluster folded; a few thousand different ones make up all the documents."""
    normal = unicodedata.normalize("NFKC", cluster)
    return "".join(char for char in normal if not char.isspace() and unicodedata.category(char) != "Co")


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each character with the combining marks after it, and where it starts: the unit NFKC may compose."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            yield start, text[start:end]
            start = end
