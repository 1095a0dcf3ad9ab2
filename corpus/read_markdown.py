"""Markdown: the marks of headings, emphasis, links and tables go, the words stay; broken lines are joined again."""

import re

from corpus.align import MARKDOWN_IGNORED, Visible, align
from corpus.marks import find_mark
from corpus.reading import Reading, decode

COMMENT_LIMIT = 1000  # comments of a file that are taken out
MARKED_LIMIT = 5000  # characters of a line in which emphasis and links are looked for
_FRONT_MATTER = re.compile(r"\A--- ?\n.*?\n--- ?\n", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BULLET = re.compile(r"[-*+]\s+")
_RULE = re.compile(r"(?:[-*_]\s?){3,}$")
_TABLE_RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_ADDRESS = re.compile(r"\]\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`|~~)(?=\S)(.{1,500}?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_COMPLETE = "。；：！？;:!?）)】"


def read_markdown(data: bytes) -> Reading:
    """The paragraphs of a Markdown file."""
    original = decode(data)
    text = original.replace("\r\n", "\n").replace("\r", "\n")
    text = _FRONT_MATTER.sub("", text)
    for begin, end in reversed(_comments(text)):
        text = text[:begin] + text[end:]
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
    front = _FRONT_MATTER.match(original.replace("\r\n", " \n"))
    addresses = [found.span() for found in _ADDRESS.finditer(original)]
    at = front.end() if front else 0
    for begin, end in sorted([*_comments(original), *addresses]):
        if begin >= at:
            seen.add(original[at:begin], at)
            at = end
    seen.add(original[at:], at)
    return seen


def _comments(text: str) -> list[tuple[int, int]]:
    """The spans of the comments; one that is never closed is none."""
    found: list[tuple[int, int]] = []
    at = text.find("<!--")
    while at >= 0 and (end := text.find("-->", at + 4)) >= 0 and len(found) < COMMENT_LIMIT:
        found.append((at, end + 3))
        at = text.find("<!--", end + 3)
    return found


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
