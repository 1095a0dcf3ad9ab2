"""One normal form of text for everything that compares words: the encoder, the lexical leg, the lexicon.

Offsets do not matter here (citations are cut from the canonical text by `corpus`), so the form may
change lengths: full width becomes half width, traditional characters become simplified, and Chinese
year numerals become digits, because people mix all of these when they type.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

_SPACE = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=\s*年)|[〇零○一二三四五六七八九]{2}(?=\s*年(?![级前后内来之]))")
_DIGITS = {ord(c): d for c, d in zip("〇零○一二三四五六七八九", "000123456789", strict=True)}
_HAN = re.compile(r"[㐀-鿿]")
# Characters that only occur in traditional text are rare in official documents: the converter is called only
# when a character outside the GB 2312 repertoire shows that there may be something to convert.


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _is_simplified(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def normalize(text: str) -> str:
    """`text` in the form in which words are compared.

    >>> normalize("二〇二〇年　醫藥產業（ＧＭＰ）")
    '2020年 医药产业(gmp)'
    """
    text = unicodedata.normalize("NFKC", text).lower()
    if not _is_simplified(text):
        text = _converter().convert(text)
    text = _YEAR.sub(_year_digits, text)
    text = _SPACE.sub(" ", text).strip()
    return _BETWEEN_HAN.sub("", text)


def _year_digits(match: re.Match[str]) -> str:
    """Four numerals are a year; two are one only when a zero or equal weight rules out a count (二〇年)."""
    numerals = match.group()
    if len(numerals) == 4 or set(numerals) & set("〇零○"):
        return numerals.translate(_DIGITS)
    return numerals


def is_han(character: str) -> bool:
    """True for a Chinese character."""
    return _HAN.match(character) is not None
