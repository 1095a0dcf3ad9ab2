"""Clauses of a law: its articles, which run on through 编, 章 and 节 and carry their paragraphs and items with them."""

from collections.abc import Sequence

from corpus.marks import ARTICLE, LAW_HEADINGS, STYLES, Mark
from corpus.outline import Numbering
from corpus.plans import Block, plan_blocks

HEADING_LIMIT = 60
_RANK = {style: i for i, style in enumerate(STYLES)}
_PLAIN_RANK = len(STYLES)


def is_law(numbering: Numbering) -> bool:
    """Whether the body is divided into articles."""
    articles = [m for m in numbering.marks if m and m.style == ARTICLE]
    return len(articles) >= 2 or (len(articles) == 1 and articles[0].value == 1 and articles[0].spaced)


def law_blocks(lines: Sequence[str], numbering: Numbering, offset: int = 0) -> list[Block]:
    """The blocks of a law's body, in order: headings, articles, and what stands before the first of them."""
    marks = numbering.marks
    begins = _beginnings(lines, marks)
    first = begins.index(True)
    blocks: list[Block] = []
    if first:
        front = Numbering([m if m and m.style not in LAW_HEADINGS else None for m in marks[:first]])
        blocks += [_in_front(b) for b in plan_blocks(lines[:first], front, offset)]
    stack: list[tuple[int, str, str]] = []  # rank, printed heading, number words
    loose: dict[tuple[str, ...], int] = {}
    i = first
    while i < len(lines):
        last = i
        while last + 1 < len(lines) and not begins[last + 1]:
            last += 1
        mark = marks[i]
        if mark and mark.style == ARTICLE:
            path = tuple(heading for _, heading, _ in stack)
            if title := _article_title(lines[i], mark):
                path = (*path, mark.text + title)
            blocks.append(
                Block("clause", i + offset, last + offset, (mark.number,), None, path, (), mark.text, len(stack))
            )
        else:
            rank = _RANK[mark.style] if mark else _PLAIN_RANK
            if lines[i].replace(" ", "") == "附则":
                rank = 0
            while stack and stack[-1][0] >= rank:
                stack.pop()
            path = (*(heading for _, heading, _ in stack), lines[i])
            blocks.append(Block("heading", i + offset, i + offset, (), None, path, (), lines[i], len(stack)))
            stack.append((rank, lines[i], mark.text if mark else lines[i]))
            if last > i:  # sentences under a heading that belong to no article
                key = tuple(m.split(" ")[0] for _, _, m in stack)
                loose[key] = loose.get(key, 0) + 1
                blocks.append(
                    Block(
                        "clause",
                        i + 1 + offset,
                        last + offset,
                        (),
                        loose[key],
                        path,
                        key,
                        f"第{loose[key]}段",
                        len(stack),
                    )
                )
        i = last + 1
    return blocks


def _in_front(block: Block) -> Block:
    numbers = block.numbers if block.numbers[:1] == ("0",) else ("0", *block.numbers)
    return Block(
        block.kind, block.first, block.last, numbers, block.paragraph, block.path, block.marks, block.title, block.depth
    )


def _beginnings(lines: Sequence[str], marks: Sequence[Mark | None]) -> list[bool]:
    """Whether an article or a heading begins at each line.

    Besides 第…章 and 第…条 that is 一、管辖 or 附则 alone on a line between two articles: it is short, an article or
    another such heading follows it, and the line before it is complete.
    """
    begins = [
        mark is not None and (mark.style == ARTICLE or (mark.style in LAW_HEADINGS and _short(line)))
        for line, mark in zip(lines, marks, strict=True)
    ]
    plain = [False] * len(lines)
    for i in range(len(lines) - 2, -1, -1):
        mark, following = marks[i], marks[i + 1]
        if begins[i] or len(lines[i]) > 30 or lines[i][-1] in "。；;：:，,、！？”|" or " | " in lines[i]:
            continue
        if mark and mark.style not in ("一、", "（一）"):
            continue
        before_article = following is not None and following.style == ARTICLE
        plain[i] = before_article or (mark is not None and mark.style == "一、" and plain[i + 1])
    for i, is_plain in enumerate(plain):
        if is_plain:
            begins[i] = i == 0 or lines[i - 1][-1] in "。；”）)" or begins[i - 1]
    return begins


def _short(line: str) -> bool:
    return len(line) <= HEADING_LIMIT and not any(c in line for c in "。；")


def _article_title(line: str, mark: Mark) -> str:
    """第一条【立法目的】: the words in black brackets."""
    rest = line[mark.end :]
    if rest[:1] in "【〔[（(" and rest:
        close = {"【": "】", "〔": "〕", "[": "]", "（": "）", "(": ")"}[rest[0]]
        end = rest.find(close)
        if rest[0] == "【" and 0 < end <= 40:
            return rest[: end + 1]
    return ""
