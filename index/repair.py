"""Read what was meant where a question is mistyped: a character of the same sound, or pinyin left as letters.

People type Chinese by its sound, so a wrong character nearly always sounds like the right one (带款 for 贷款).
A character is changed only where neither it nor the pairs that it forms are known, where one of the same sound
makes a word of the vocabulary, and where the library has that word: what is right stays as it was typed.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

Known = Callable[[str], bool]

SOUNDS = Path(__file__).parent / "data/sounds.txt"
LONGEST = 4  # characters of a word
_HAN = re.compile("[㐀-鿿]+")
_LETTERS = re.compile("(?<![a-z])[a-z]{4,24}(?![a-z])")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"))


@lru_cache(maxsize=1)
def _sounds() -> tuple[dict[str, str], dict[str, str]]:
    """Characters by syllable, and for each character all that sound like one of its readings.

    The file has the one or two usual readings, without tones, of the characters of GB 2312 (Unicode's kMandarin
    readings). Sounds that many speakers do not tell apart are one.
    """
    by_syllable: dict[str, str] = {}
    together: dict[str, str] = {}
    for line in SOUNDS.read_text(encoding="utf-8").splitlines():
        syllable, characters = line.split(" ")
        by_syllable[syllable] = characters
        folded = _folded(syllable)
        together[folded] = together.get(folded, "") + characters
    alike: dict[str, str] = {}
    for syllable, characters in by_syllable.items():
        for character in characters:
            alike[character] = alike.get(character, "") + together[_folded(syllable)]
    return by_syllable, alike


def _folded(syllable: str) -> str:
    for sound, other in _ALIKE:
        syllable = syllable.replace(sound, other)
    return syllable


def repair(question: str, is_word: Known, occurs: Known, stands_alone: Known) -> str:
    """A normalized question with the characters that were surely meant.

    `is_word` knows the vocabulary, `occurs` whether the library holds a string of two or more characters,
    `stands_alone` the characters that are often a word by themselves (要, 到): they go only into longer words.
    """
    question = _LETTERS.sub(lambda found: _spelled(found.group(), is_word, occurs) or found.group(), question)
    return _HAN.sub(lambda found: _heard(found.group(), is_word, occurs, stands_alone), question)


def _heard(text: str, is_word: Known, occurs: Known, stands_alone: Known) -> str:
    """A run of Chinese characters with wrong ones replaced by those that sound like them, longest words first."""
    strange = [not (is_word(pair) or occurs(pair)) for pair in map("".join, pairwise(text))]
    doubtful = [(at == 0 or strange[at - 1]) and (at == len(text) - 1 or strange[at]) for at in range(len(text))]
    if len(text) < 2 or not any(doubtful):
        return text
    characters = list(text)
    for length in range(LONGEST, 1, -1):
        for start in range(len(text) - length + 1):
            for at in range(start, start + length):
                if not doubtful[at] or characters[at] != text[at] or (length == 2 and stands_alone(text[at])):
                    continue
                before, after = "".join(characters[start:at]), "".join(characters[at + 1 : start + length])
                alike = _sounds()[1].get(text[at], "")
                found = next((each for each in alike if _fits(before + each + after, is_word, occurs)), None)
                if found:
                    characters[at] = found
    return "".join(characters)


def _fits(word: str, is_word: Known, occurs: Known) -> bool:
    return is_word(word) and occurs(word)


def _spelled(letters: str, is_word: Known, occurs: Known) -> str | None:
    """The word of the library that is spelled so, or None."""
    if occurs(letters):
        return None
    for syllables in _syllables(letters):
        if not 2 <= len(syllables) <= LONGEST:
            continue
        options = [_sounds()[0][syllable] for syllable in syllables]
        begun = list(options[0])
        for following in options[1:]:
            begun = [word + each for word in begun for each in following if occurs(word[-1] + each)]
        found = next((word for word in begun if is_word(word)), None)
        if found:
            return found
    return None


def _syllables(letters: str) -> Iterator[list[str]]:
    """All ways to read letters as syllables, long syllables first."""
    if not letters:
        yield []
    for length in range(min(6, len(letters)), 0, -1):
        if letters[:length] in _sounds()[0]:
            for rest in _syllables(letters[length:]):
                yield [letters[:length], *rest]
