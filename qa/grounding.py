"""Whether a sentence that a model wrote stands in the clauses that it names.

A sentence must carry the number of a cited clause ([1]); every number, quoted phrase, 《title》,
department, region, web address and foreign word in it must occur in those clauses, and most of its
words must.  What fails is dropped.
"""

import re
from collections.abc import Sequence

from index.tokens import normalize
from qa.citation import Citation
from qa.departments import department_key, find_departments
from qa.overlap import grams
from qa.regions import mentions, named_regions

MARK = re.compile(r"[\[【〔]\s*(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\s*[\]】〕]")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CHINESE_AMOUNT = re.compile(
    "[一二两三四五六七八九十百千万亿半]+(?:元|倍|成|年|个月|个工作日|天|日|小时|家|次|分之[一二三四五六七八九十百]+)"
)
QUOTED = re.compile('[“"「『]([^”"」』]{2,})[”"」』]|《([^》]+)》')
FOREIGN = re.compile(r"[A-Za-z][A-Za-z0-9.:/_-]{2,}")
SUPPORTED = 0.5
"""The least share of a sentence's character pairs that must occur in the clauses it names."""


def marks(sentence: str) -> tuple[int, ...]:
    """The numbers of the clauses that a sentence names.

    >>> marks("收入要达到430亿元[1]，增速超过20%【1、3】。")
    (1, 3)
    """
    found: list[int] = []
    for match in MARK.finditer(sentence):
        found += [int(number) for number in re.findall(r"\d+", match[1])]
    return tuple(dict.fromkeys(found))


def fault(sentence: str, citations: Sequence[Citation]) -> str | None:
    """Why a sentence is not borne out by the clauses it names, in Chinese; None where it is."""
    numbers = marks(sentence)
    if not numbers:
        return "没有注明依据哪一条"
    by_rank = {citation.rank: citation for citation in citations}
    unknown = [number for number in numbers if number not in by_rank]
    if unknown:
        return f"注明的[{unknown[0]}]不在引用之列"
    words = normalize(MARK.sub("", sentence))
    source = normalize(" ".join(_all_of(by_rank[number]) for number in numbers))
    return _strange(words, source) or _loose(words, source)


def _all_of(citation: Citation) -> str:
    return "\n".join([citation.document_title, *citation.path, citation.label, citation.text, citation.region or ""])


def _strange(words: str, source: str) -> str | None:
    """The first number, quoted phrase, name or foreign word that the clauses do not hold."""
    held = set(NUMBER.findall(source))
    for number in NUMBER.findall(words):
        if number not in held:
            return f"数字{number}不在所引条文中"
    for amount in CHINESE_AMOUNT.findall(words):
        if amount not in source:
            return f"“{amount}”不在所引条文中"
    for match in QUOTED.finditer(words):
        quoted = match[1] or match[2]
        if quoted not in source:
            return f"“{quoted}”不在所引条文中"
    for word in FOREIGN.findall(words):
        if word not in source:
            return f"{word}不在所引条文中"
    keys = {key for key, _, _ in find_departments(source)}
    for key, start, end in find_departments(words):
        if key not in keys and department_key(words[start:end]) not in keys:
            return f"{words[start:end]}不在所引条文中"
    for region in named_regions(words):
        if not mentions(source, region):
            return f"{region}不在所引条文中"
    return None


def _loose(words: str, source: str) -> str | None:
    pairs = {gram for gram in grams(words) if len(gram) == 2}
    if pairs and len(pairs & grams(source)) < SUPPORTED * len(pairs):
        return "与所引条文的说法相去太远"
    return None
