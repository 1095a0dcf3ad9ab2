"""From the canonical text of a document to its nodes and clauses.

The body is cut into parts (the document itself, then each annex); each part is read as a law or as a plan; every block
becomes a node, and the blocks that can be cited become clauses with an address, a path and a printed label.
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise

from corpus.duties import find_duties
from corpus.edges import annex_start, edge_roles, is_annex_note
from corpus.laws import is_law, law_blocks
from corpus.marks import ARTICLE, STYLES
from corpus.models import Clause, Doubt, Node
from corpus.outline import Line, Numbering, number_lines, read_lines
from corpus.plans import Block, plan_blocks
from corpus.references import Places, find_references, short_names
from corpus.targets import find_targets

ANALYSED = 20_000  # characters of a clause in which duties, targets and references are looked for
PLAN_STYLES = frozenset(STYLES) - {ARTICLE}


@dataclass(frozen=True, slots=True)
class Outline:
    """What the text of a document is made of."""

    nodes: tuple[Node, ...]
    clauses: tuple[Clause, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    prefix: str  # "" for the document itself, "附件1" for an annex, "p2" where articles begin again
    indexes: list[int]  # of the document's lines


def cut_clauses(text: str, document_id: str, title: str, front_title: str | None = None) -> Outline:
    """The outline of a canonical text.

    title: what labels cite; front_title: the title where it is known to stand, or not to stand, in the text.
    """
    lines = read_lines(text)
    texts = [line.text for line in lines]
    roles = edge_roles(texts, front_title)
    nodes: list[Node] = []
    drafts: list[tuple[Block, str]] = []
    doubts: list[Doubt] = []
    for i, role in enumerate(roles):
        if role is not None:
            nodes.append(Node(role, lines[i].start, _node_end(lines, i)))
    for part in _parts(texts, roles, nodes, lines):
        for block, prefix in _part_blocks(part, lines, doubts):
            drafts.append((block, prefix))
    clauses: list[Clause] = []
    taken: dict[str, int] = {}
    built: list[tuple[Block, str, str]] = []  # with its part and its address
    for block, prefix in drafts:
        address = _unique(_address(block, prefix), taken) if block.kind == "clause" else ""
        if block.kind == "clause" and "~" in address:
            doubts.append(Doubt("same address", lines[block.first].start, f"地址重复，记作{address}"))
        built.append((block, prefix, address))
        nodes.append(
            Node(block.kind, lines[block.first].start, _node_end(lines, block.last), block.depth, address or None)
        )
    places = _places(built, document_id, short_names(text))
    for block, prefix, address in built:
        if block.kind == "clause":
            clauses.append(_clause(block, prefix, address, lines, text, document_id, title, places[prefix]))
    nodes.sort(key=lambda node: node.start)
    return Outline(tuple(nodes), tuple(clauses), tuple(sorted(doubts, key=lambda d: d.start)))


def _places(built: list[tuple[Block, str, str]], document_id: str, names: dict[str, str]) -> dict[str, Places]:
    """For each part what its mentions can point at: its own articles and numbers first, then those of the document."""
    articles: dict[str, dict[str, str]] = {"": {}}
    outline: dict[str, dict[str, str]] = {"": {}}
    before: dict[str, dict[str, str]] = {}
    annexes: dict[str, str] = {}
    for block, prefix, address in built:
        own = articles.setdefault(prefix, {})
        numbered = outline.setdefault(prefix, {})
        preceding = before.setdefault(prefix, {})
        if block.kind != "clause":
            continue
        clause_id = f"{document_id}/{address}"
        annexes.setdefault(prefix, clause_id)
        if _is_article(block):
            number = block.numbers[-1]
            if own and number not in own:
                preceding[number] = next(reversed(own.values()))
            own.setdefault(number, clause_id)
        else:  # a number leads to its clause; a heading to the first clause under it
            for depth in range(1, len(block.numbers) + 1):
                numbered.setdefault(".".join(block.numbers[:depth]), clause_id)
    return {
        prefix: Places(articles[prefix] or articles[""], before[prefix], outline[prefix] or outline[""], annexes, names)
        for prefix in before
    }


def _is_article(block: Block) -> bool:
    return block.paragraph is None and len(block.numbers) == 1 and block.title.startswith("第")


def _node_end(lines: list[Line], i: int) -> int:
    return lines[i + 1].start if i + 1 < len(lines) else lines[i].end


def _parts(texts: list[str], roles: list[str | None], nodes: list[Node], lines: list[Line]) -> list[_Part]:
    """The document and its annexes; the lines that name an annex become nodes here."""
    parts = [_Part("", [])]
    names: dict[str, int] = {}
    noted: set[int] = set()  # the lines that only list annexes
    expecting_title = False
    for i, line in enumerate(texts):
        if roles[i] is not None:
            continue
        if name := annex_start(texts, roles, i):
            name = _unique(name if name[-1:].isalnum() else name.rstrip("：:"), names)
            parts.append(_Part(name, []))
            nodes.append(Node("annex", lines[i].start, _node_end(lines, i)))
            expecting_title = line.rstrip("：: ").startswith(name) and len(line.rstrip("：: ")) <= len(name) + 1
            continue
        if is_annex_note(line, texts[i - 1] if i and i - 1 in noted else None):
            nodes.append(Node("note", lines[i].start, _node_end(lines, i)))
            noted.add(i)
            continue
        if expecting_title and len(line) <= 60 and line[-1] not in "。；：:" and not parts[-1].indexes:
            nodes.append(Node("annex", lines[i].start, _node_end(lines, i)))
            expecting_title = False
            continue
        expecting_title = False
        parts[-1].indexes.append(i)
    return [part for part in parts if part.indexes]


def _part_blocks(part: _Part, lines: list[Line], doubts: list[Doubt]) -> list[tuple[Block, str]]:
    texts = [lines[i].text for i in part.indexes]
    numbering = number_lines(texts)
    law = is_law(numbering)
    if not law:
        numbering = number_lines(texts, PLAN_STYLES)
    for kind, at, message in numbering.doubts:
        mark_counts = not law or kind != "refused"
        if mark_counts:
            doubts.append(Doubt(kind, lines[part.indexes[at]].start, message))
    results: list[tuple[Block, str]] = []
    for prefix, begin, end in _restarts(part.prefix, numbering, len(texts)) if law else [(part.prefix, 0, len(texts))]:
        piece = Numbering(numbering.marks[begin:end])
        blocks = law_blocks(texts[begin:end], piece) if law and is_law(piece) else plan_blocks(texts[begin:end], piece)
        for block in blocks:
            for run in _contiguous(block, part.indexes, begin):
                results.append((run, prefix))
    return results


def _contiguous(block: Block, indexes: list[int], begin: int) -> list[Block]:
    """The block with the document's line numbers; cut where another kind of node stands in between."""
    runs: list[list[int]] = []
    for i in range(block.first + begin, block.last + begin + 1):
        if runs and indexes[i] == runs[-1][-1] + 1:
            runs[-1].append(indexes[i])
        else:
            runs.append([indexes[i]])
    return [
        Block(
            block.kind,
            run[0],
            run[-1],
            block.numbers,
            block.paragraph,
            block.path,
            block.marks,
            block.title,
            block.depth,
        )
        for run in runs
    ]


def _restarts(prefix: str, numbering: Numbering, count: int) -> list[tuple[str, int, int]]:
    """Where the articles of a law begin again at 1, a new part begins: (prefix, first line, line after)."""
    cuts = [0]
    seen = 0
    for i, mark in enumerate(numbering.marks):
        if mark and mark.style == ARTICLE:
            if mark.value == 1 and not mark.sub and seen > 1:
                cuts.append(i)
            seen = mark.value
    cuts.append(count)
    parts = []
    for n, (begin, end) in enumerate(pairwise(cuts), start=1):
        name = prefix if n == 1 else f"{prefix}/p{n}".lstrip("/")
        parts.append((name, begin, end))
    return parts


def _address(block: Block, prefix: str) -> str:
    pieces = [prefix] if prefix else []
    numbers = block.numbers or ("0",)
    pieces.append(".".join(numbers))
    if block.paragraph is not None:
        pieces.append(str(block.paragraph))
    return "/".join(pieces)


def _unique(address: str, taken: dict[str, int]) -> str:
    """The address, or the first free one of address~2, address~3 …; `taken` counts how often each was asked for."""
    times = taken.get(address, 0) + 1
    unique = address if times == 1 else f"{address}~{times}"
    while unique in taken and times > 1:
        times += 1
        unique = f"{address}~{times}"
    taken[address] = times
    taken.setdefault(unique, 1)
    return unique


def _clause(
    block: Block,
    prefix: str,
    address: str,
    lines: list[Line],
    text: str,
    document_id: str,
    title: str,
    places: Places,
) -> Clause:
    start, end = lines[block.first].start, lines[block.last].end
    words = text[start:end]
    label = f"《{title.strip('《》')}》{'' if prefix[:1] in ('p', '') else prefix}{''.join(block.marks)}{block.title}"
    return Clause(
        clause_id=f"{document_id}/{address}",
        document_id=document_id,
        path=block.path,
        label=label,
        text=words,
        start=start,
        end=end,
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        duties=find_duties(words[:ANALYSED]),
        targets=find_targets(words[:ANALYSED]),
        references=find_references(words[:ANALYSED], places, block.numbers[-1] if _is_article(block) else None),
    )
