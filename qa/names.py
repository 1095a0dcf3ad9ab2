"""Finding any of many names in a text: leftmost, then longest.

A regular expression of thousands of alternatives tries them all at every character; looking only at the
names that begin with that character is a hundred times faster.
"""

from collections.abc import Iterable, Iterator


class Finder:
    """Names sorted by their first character."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(set(names), key=lambda name: (-len(name), name)):
            if name:
                self._by_first.setdefault(name[0], []).append(name)

    def find(self, text: str) -> Iterator[tuple[str, int]]:
        """Each name that stands in `text` with its offset; names do not overlap.

        >>> list(Finder(["鞍山", "马鞍山"]).find("马鞍山和鞍山"))
        [('马鞍山', 0), ('鞍山', 4)]
        """
        at = 0
        while at < len(text):
            for name in self._by_first.get(text[at], ()):
                if text.startswith(name, at):
                    yield name, at
                    at += len(name)
                    break
            else:
                at += 1
