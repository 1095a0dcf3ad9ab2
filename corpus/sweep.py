"""`python -m corpus.sweep DIR`: parse every document of a data folder, check what must always hold, print a table.

DIR holds `docs.jsonl.gz` (id, title, text) and, for laws, `articles.jsonl.gz` with the articles as another program
found them; or it is a folder of files that the readers know.  `--show N` prints the first N disagreements,
`--every K` takes one document in K, `--times T` reads a folder of files T times over, to measure the speed.  Exit
status 1 where an invariant is broken.
"""

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from corpus.cleaning import clean, source_offset
from corpus.document import parse_document
from corpus.errors import TiaowenError
from corpus.library import expand
from corpus.models import Document, Duty, Reference, Target
from corpus.readers import Source, read_file
from corpus.reading import Reading

_BLANK = "an article is printed without a blank behind its number, which the list takes for a mention"
LOOKED_AT = {
    "青岛市海上交通安全条例": (78, 77, _BLANK),
    "浙江省农村生活污水处理设施管理条例": (36, 35, _BLANK),
    "重庆市合同格式条款监督条例": (28, 27, _BLANK),
    "最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释": (655, 651, _BLANK),
    "中华人民共和国刑事诉讼法": (308, 307, _BLANK),
    "中华人民共和国飞行基本规则": (12, 10, "two articles open a chapter, whose text the list does not divide"),
    "中华人民共和国宪法修正案（2018年）": (
        26,
        23,
        "it has 21 articles and quotes five new ones of the constitution; here all five are counted, in the list two",
    ),
}
"""Laws whose articles the list counts otherwise: here, in the list, and why, each looked at in the printed text."""


@dataclass(slots=True)
class Tally:
    """Counts over a sweep."""

    documents: int = 0
    characters: int = 0
    size: int = 0  # bytes of the canonical texts in UTF-8
    clauses: int = 0
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    doubts: Counter[str] = field(default_factory=Counter)
    doubtful: int = 0
    compared: int = 0
    disagreements: list[str] = field(default_factory=list)
    explained: int = 0  # of the disagreements


def broken_invariants(document: Document) -> list[str]:
    """What does not hold of a parsed document that must hold of all; empty where all is well."""
    problems: list[str] = []
    text = document.text
    if "".join(text[node.start : node.end] for node in document.nodes) != text:
        problems.append("the nodes do not join to the text")
    at = 0
    for node in document.nodes:
        if node.start != at or node.end < node.start:
            problems.append(f"a node begins at {node.start}, the one before ends at {at}")
            break
        at = node.end
    if any(text[clause.start : clause.end] != clause.text for clause in document.clauses):
        problems.append("a clause is not the slice of its span")
    ids = [clause.clause_id for clause in document.clauses]
    if len(set(ids)) != len(ids):
        problems.append("two clauses have one address")
    if any(one.end > other.start for one, other in zip(document.clauses, document.clauses[1:], strict=False)):
        problems.append("the clauses are out of order or overlap")
    for clause in document.clauses:
        parts: list[Duty | Target | Reference] = [*clause.duties, *clause.targets, *clause.references]
        if any(not 0 <= part.start < part.end <= len(clause.text) for part in parts):
            problems.append(f"{clause.clause_id}: a duty, target or reference stands outside the clause")
        if any(clause.text[r.start : r.end] != r.text for r in clause.references):
            problems.append(f"{clause.clause_id}: a reference is not the slice of its span")
    if text and clean(text)[0] != text:
        problems.append("cleaning the canonical text changes it")
    if text and source_offset(document.source_map, 0)[0] < 0:
        problems.append("the source map begins before the source")
    return problems


def articles_of(document: Document) -> int:
    """How many articles (第…条) the clauses of a document are."""
    return sum(
        clause.label.endswith("条") or "条之" in clause.label[-6:]
        for clause in document.clauses
        if _is_article(clause.text)
    )


def _is_article(text: str) -> bool:
    return text.startswith("第") and "条" in text[:14]


def read_folder(folder: Path, every: int) -> Iterator[tuple[str, str, Source | TiaowenError]]:
    """The documents of a data folder: (id, title, source or why it cannot be read)."""
    packed = folder / "docs.jsonl.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8") as lines:
            for n, line in enumerate(lines):
                if n % every == 0:
                    row = json.loads(line)
                    yield row["id"], row["title"], Source(row["id"] + ".txt", b"", Reading(row["text"]))
        return
    for n, path in enumerate(expand([folder])):
        if n % every == 0:
            try:
                yield path.name, "", read_file(path)
            except TiaowenError as error:
                yield path.name, "", error


def known_articles(folder: Path) -> Counter[str] | None:
    """For each document the articles that `articles.jsonl.gz` lists, or None without that file."""
    packed = folder / "articles.jsonl.gz"
    if not packed.exists():
        return None
    counts: Counter[str] = Counter()
    with gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            counts[row["doc"]] += row["unit"] == "article"
    return counts


def sweep(folder: Path, every: int = 1, times: int = 1) -> Tally:
    """Parse and check every document of a folder.  The time counted is that of reading and parsing, not of checking."""
    tally = Tally()
    known = known_articles(folder)
    total = 0
    documents = chain.from_iterable(read_folder(folder, every) for _ in range(times))
    while True:
        began = time.process_time()
        entry = next(documents, None)
        if entry is None:
            break
        name, title, source = entry
        tally.seconds += time.process_time() - began if isinstance(source, Source) and source.data else 0
        total += 1
        if total % 200 == 0:
            print(f"\r{total}", end="", file=sys.stderr, flush=True)
        if isinstance(source, TiaowenError):
            tally.refused.append(str(source))
            continue
        began = time.process_time()
        document = parse_document(source, name, supplied={"title": title} if title else {})
        tally.seconds += time.process_time() - began
        tally.documents += 1
        tally.characters += len(document.text)
        tally.size += len(document.text.encode())
        tally.clauses += len(document.clauses)
        tally.doubts.update(doubt.kind for doubt in document.doubts)
        tally.doubtful += bool(document.doubts)
        tally.broken += [f"{name} {title}: {problem}" for problem in broken_invariants(document)]
        if known is not None:
            tally.compared += 1
            if (found := articles_of(document)) != known[name]:
                here, there, why = LOOKED_AT.get(title, (0, 0, "not looked at yet"))
                explained = (here, there) == (found, known[name])
                tally.explained += explained
                why = why if explained else "not looked at yet"
                tally.disagreements.append(f"{name} {title}: {found} articles here, {known[name]} in the list: {why}")
    if total >= 200:
        print("\r", end="", file=sys.stderr)
    return tally


def table(tally: Tally) -> str:
    """The result of a sweep for a person to read."""
    rows = [
        ("documents parsed", f"{tally.documents:,}"),
        ("refused", f"{len(tally.refused):,}"),
        ("characters", f"{tally.characters:,}"),
        ("clauses", f"{tally.clauses:,}"),
        ("broken invariants", f"{len(tally.broken):,}"),
        ("documents with doubts", f"{tally.doubtful:,}"),
        *((f"  {kind}", f"{n:,}") for kind, n in tally.doubts.most_common()),
    ]
    if tally.compared:
        agree = tally.compared - len(tally.disagreements)
        rows.append(("article counts agree", f"{agree:,} of {tally.compared:,} ({100 * agree / tally.compared:.2f}%)"))
        rows.append(("disagreements explained", f"{tally.explained:,} of {len(tally.disagreements):,}"))
    if tally.seconds:
        rows.append(("speed", f"{tally.size / tally.seconds / 1e6:.2f} MB of UTF-8 text a second of processor time"))
    return "\n".join(f"{name:<24}{value}" for name, value in rows)


def main() -> int:
    """The command; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m corpus.sweep", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="K")
    parser.add_argument("--times", type=int, default=1, metavar="T")
    parser.add_argument("--show", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    tally = sweep(arguments.folder, arguments.every, arguments.times)
    print(table(tally))
    for line in (tally.broken + tally.disagreements + tally.refused)[: arguments.show]:
        print(line)
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
