"""Markdown: the marks of headings, emphasis, links and tables go, the words stay; broken lines are joined again."""

import re

from corpus.align import MARKDOWN_IGNORED, Visible, align
from corpus.marks import find_mark
from corpus.reading import Reading, decode

MARKED_LIMIT = 5000  # characters of a line in which emphasis and links are looked for
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BULLET = re.compile(r"[-*+]\s+")
_RULE = re.compile(r"(?:[-*_]\s?){3,}$")
_TABLE_RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_UNSEEN = re.compile(
    r"\A---\r?\n.*?\n---\r?\n|<!--.*?-->|\]\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)", re.DOTALL
)
_EMPHASIS = re.compile(r"(\*\*|__|\*|`|~~)(?=\S)(.+?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_COMPLETE = "。；：！？;:!?）)】"


def read_markdown(data: bytes) -> Reading:
    """The paragraphs of a Markdown file."""
    original = decode(data)
    text = original.replace("\r\n", "\n").replace("\r", "\n")
    text = _COMMENT.sub("", _FRONT_MATTER.sub("", text))
    paragraphs: list[str] = []
    joinable = False  # whether the next line may go on with the last paragraph
    for raw in text.split("\n"):
        line = raw.strip().lstrip(">").strip()
        if not line or line.startswith("```"):
            joinable = False
            continue
        if _RULE.match(line) or (_TABLE_RULE.match(line) and "-" in line):
            continue
        words, alone = _words(line)
        if joinable and not alone and not find_mark(words) and paragraphs[-1][-1] not in _COMPLETE:
            gap = " " if paragraphs[-1][-1].isascii() and words[:1].isascii() else ""
            paragraphs[-1] += gap + words
        elif words:
            paragraphs.append(words)
        joinable = bool(words) and not alone and not raw.endswith(("  ", "\\"))
    words = "\n".join(paragraphs)
    return Reading(words, runs=align(words, original, _seen(original)))


def _seen(original: str) -> Visible:
    """The characters that carry words: no marks, comments and addresses of links."""
    seen = Visible(MARKDOWN_IGNORED)
    at = 0
    for found in _UNSEEN.finditer(original):
        seen.add(original[at : found.start()], at)
        at = found.end()
    seen.add(original[at:], at)
    return seen


def _words(line: str) -> tuple[str, bool]:
    """The words of a line, and whether it stands alone: a heading, an item, a row."""
    alone = False
    if found := _HEADING.match(line):
        line, alone = found[2], True
    elif found := _BULLET.match(line):
        line, alone = line[found.end() :], True
    elif line.startswith("|") and line.endswith("|") and len(line) > 1:
        line, alone = " | ".join(cell.strip() for cell in line.strip("|").split("|")), True
    if len(line) > MARKED_LIMIT:
        return line, alone
    line = _LINK.sub(r"\1", line)
    for _ in range(3):
        line = _EMPHASIS.sub(r"\2", line)
    return _ESCAPE.sub(r"\1", line).rstrip("\\").strip(), alone
