"""A citation in the forms in which people write it down: an official document's line, GB/T 7714, Markdown.

Pure text from text. The words are always those of the clause, so what is pasted elsewhere can be found again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """What is cited: the document's facts, the place in it, the words and the address that shows them."""

    title: str
    place: str  # 一、（三）主要目标; empty for a document without numbers
    words: str
    url: str
    issuer: str | None = None
    doc_number: str | None = None
    date: str | None = None


def bare_title(title: str) -> str:
    """A title without the brackets around it."""
    return title.removeprefix("《").removesuffix("》")


def official(source: Source) -> str:
    """As one document quotes another: title, then number (GB/T 9704), then place and words.

    >>> official(Source("某市方案", "二、（一）", "互认检查结果。", "", doc_number="某政发〔2016〕1号"))
    '《某市方案》（某政发〔2016〕1号）二、（一）：“互认检查结果。”'
    """
    number = f"（{source.doc_number}）" if source.doc_number else ""
    return f"《{bare_title(source.title)}》{number}{source.place}：“{source.words.strip()}”"


def gbt7714(source: Source, today: str) -> str:
    """An entry of a reference list by GB/T 7714—2015, type Z/OL; `today` is the day of reading, ISO.

    >>> gbt7714(Source("某市方案", "二", "", "http://h/d", issuer="某市人民政府", date="2016-08-26"), "2026-01-02")
    '某市人民政府. 某市方案[Z/OL]. (2016-08-26): 二[2026-01-02]. http://h/d.'
    """
    title = bare_title(source.title) + (f": {source.doc_number}" if source.doc_number else "")
    dated = f"({source.date})" if source.date else ""
    where = f"{dated}: {source.place}" if dated and source.place else dated or source.place
    issuer = f"{source.issuer}. " if source.issuer else ""
    return f"{issuer}{title}[Z/OL]. {where}[{today}]. {source.url}."


def markdown(source: Source) -> str:
    """A quotation with a link to its place.

    >>> markdown(Source("某市方案", "二", "到2020年，5*5。", "http://h/d"))
    '> 到2020年，5\\\\*5。\\n>\\n> ——[《某市方案》二](http://h/d)'
    """
    quoted = "\n> ".join(_escaped(line) for line in source.words.strip().splitlines())
    label = _escaped(f"《{bare_title(source.title)}》{source.place}")
    return f"> {quoted}\n>\n> ——[{label}]({source.url})"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", text.strip())
