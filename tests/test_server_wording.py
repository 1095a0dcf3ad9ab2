"""The interface in two languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import server
from server.wording import _from_header, wording

FOLDER = Path(server.__file__).parent


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_say_everything_with_the_same_values() -> None:
    """Every key has both languages, neither is empty, and both take the same {names}."""
    chinese, english = wording("zh"), wording("en")
    for key in chinese._sentences:
        assert chinese[key].strip(), key
        assert english[key].strip(), key
        assert _names(chinese[key]) == _names(english[key]), key


def test_every_sentence_that_code_or_templates_name_exists() -> None:
    """A key written out in Python or in a template is in the table."""
    known = wording("zh")
    named = set()
    for path in [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html")]:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""(?:wording\[|t\[|\.format\()["']([a-z.\-]+)["'](?!\s*~)""", text))
    named = {key for key in named if "." in key and not key.endswith(".")}
    assert len(named) > 50
    assert {key for key in named if key not in known} == set()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.3, zh;q=0.7", "zh"),
        ("fr, de;q=0.5", None),
        ("en;q=nonsense, zh", "zh"),  # a broken weight is passed over
    ],
)
def test_the_preferred_language_is_read_from_the_header(header: str, expected: str | None) -> None:
    """The highest weight among our languages wins; an unknown language is nobody's wish."""
    assert _from_header(header) == expected
