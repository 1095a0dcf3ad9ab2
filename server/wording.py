"""Every sentence the pages and errors say, in Chinese and in English, and the choice between the two.

Documents are quoted as they stand in either language; only the interface is translated. `?lang=` wins over
Accept-Language; a caller that names neither gets Chinese, the language of the documents.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from fastapi import Request

LANGUAGES = ("zh", "en")
_FILE = Path(__file__).with_name("templates") / "wording.toml"


class Wording:
    """The sentences of one language, by dotted key."""

    def __init__(self, lang: str, sentences: dict[str, str]) -> None:
        self.lang = lang
        self._sentences = sentences

    def __getitem__(self, key: str) -> str:
        return self._sentences[key]

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def format(self, key: str, **values: Any) -> str:
        """The sentence with its {names} filled in; a test checks that both languages take the same names."""
        return self._sentences[key].format(**values)

    @property
    def html_lang(self) -> str:
        """The value of the html element's lang attribute."""
        return {"zh": "zh-CN", "en": "en"}[self.lang]


@functools.cache
def wording(lang: str) -> Wording:
    """The sentences of `zh` or `en`."""
    with _FILE.open("rb") as file:
        table: dict[str, dict[str, str]] = tomllib.load(file)
    return Wording(lang, {key: pair[lang] for key, pair in table.items()})


def _from_header(header: str) -> str | None:
    """The first of our languages that an Accept-Language header ranks highest; None if it names neither."""
    best: tuple[float, str] | None = None
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";")
        lang = tag.strip().lower().split("-")[0]
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if lang in LANGUAGES and (best is None or q > best[0]):
            best = (q, lang)
    return best[1] if best else None


def language_of(request: Request) -> str:
    """`zh` or `en`: what the address asks for, else what the browser prefers, else Chinese."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    return _from_header(request.headers.get("accept-language", "")) or "zh"


def wording_for(request: Request) -> Wording:
    """The sentences in which to answer a request."""
    return wording(language_of(request))
