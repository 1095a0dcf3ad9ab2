"""Small real stand-ins for the library, the index and the answering, so that server tests need neither
model nor disk.

Two documents of a few clauses, laid out by hand; a question is answered by the clause that shares most of its
two-character pieces, and refused below a fixed share, which one can work out by looking.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.errors import NotFound
from corpus.models import Clause, Document, DocumentInfo, Duty, Node, Reference, Target
from index.passages import Filter, Hit
from qa.answer import Answer, AnswerSpan, Understood
from qa.citation import cite

SHANXI = "shanxi-2016"
GUANGXI = "guangxi-2016"
TITLES = {SHANXI: "山西省促进医药产业健康发展实施方案", GUANGXI: "广西促进医药产业健康发展实施方案"}
REGIONS = {SHANXI: "山西", GUANGXI: "广西"}

# kind, depth, address, text
OUTLINES: dict[str, list[tuple[str, int, str | None, str]]] = {
    SHANXI: [
        ("heading", 0, "1", "一、总体要求\n"),
        ("heading", 1, "1.3", "（三）主要目标。\n"),
        (
            "clause",
            3,
            "1.3/1",
            "到2020年末，力争新增国家一类创新药物1-3个；实现主营业务收入430亿元，年均增长率超过20%。\n",
        ),
        ("heading", 0, "2", "二、主要任务\n"),
        ("heading", 1, "2.5", "（五）紧密衔接医改，营造良好市场环境。\n"),
        (
            "clause",
            3,
            "2.5/1",
            "健全医疗服务体系。医疗机构应当按照药品通用名开具处方，并主动向患者提供处方；推动医疗机构间检查结果互认，减少重复检查。"
            "（责任部门：省卫生计生委、省发展改革委）\n",
        ),
    ],
    GUANGXI: [
        ("heading", 0, "1", "一、工作目标\n"),
        ("clause", 2, "1/1", "到2020年,产值超10亿元的龙头制药企业5家,产值超5亿元的大型制药企业15家。\n"),
        ("heading", 0, "2", "二、主要任务\n"),
        (
            "clause",
            2,
            "2/14",
            "14.健全医疗服务体系。督促医疗机构互认检查结果,减少重复检查,减轻患者就诊负担。"
            "按照《危险化学品管理条例》要求执行。(牵头单位:自治区卫生计生委,配合单位:自治区发展改革委)\n",
        ),
        ("source", 0, None, "来源：中国广西壮族自治区人民政府2016年08月26日"),
    ],
}


def _duties(text: str) -> tuple[Duty, ...]:
    found = []
    for mark, role in (("责任部门", "责任部门"), ("牵头单位", "牵头单位"), ("配合单位", "配合单位")):
        at = text.find(mark)
        if at < 0:
            continue
        stop = min(end for end in (text.find(c, at) for c in ",)）") if end > 0)
        for name in text[at + len(mark) + 1 : stop].split("、"):
            start = text.index(name, at)
            found.append(Duty(role, name, start, start + len(name)))
    return tuple(found)


def _targets(text: str) -> tuple[Target, ...]:
    at = text.find("430亿元")
    return (Target("主营业务收入", "=", "430", "亿元", "2020", at, at + 5),) if at >= 0 else ()


def _references(text: str) -> tuple[Reference, ...]:
    at = text.find("《")
    return (Reference("title", "《危险化学品管理条例》", None, at, at + 12),) if at >= 0 else ()


def build_document(document_id: str) -> Document:
    """One of the two documents, its clauses spans of its text."""
    text, nodes, clauses, path = "", [], [], dict[int, str]()
    for kind, depth, address, piece in OUTLINES[document_id]:
        start = len(text)
        text += piece
        nodes.append(Node(kind, start, len(text), depth, address))
        if kind == "heading":
            path = {level: words for level, words in path.items() if level < depth} | {depth: piece.strip()}
        if kind == "clause":
            body = piece.strip()
            clauses.append(
                Clause(
                    clause_id=f"{document_id}/{address}",
                    document_id=document_id,
                    path=tuple(path.values()),
                    label=f"《{TITLES[document_id]}》" + "".join(path.values()).rstrip("。"),
                    text=body,
                    start=start,
                    end=start + len(body),
                    sha256=hashlib.sha256(body.encode()).hexdigest(),
                    duties=_duties(body),
                    targets=_targets(body),
                    references=_references(body),
                )
            )
    return Document(
        document_id=document_id,
        title=TITLES[document_id],
        text=text,
        region=REGIONS[document_id],
        issuer=None,
        doc_number=None,
        date="2016-08-26" if document_id == GUANGXI else None,
        dates={"published": "2016-08-26"} if document_id == GUANGXI else {},
        implements=("国办发〔2016〕11号",),
        origins={"title": "supplied", "region": "inferred"},
        source_name=f"{document_id}.txt",
        source_sha256=hashlib.sha256(text.encode()).hexdigest(),
        nodes=tuple(nodes),
        clauses=tuple(clauses),
    )


class FakeLibrary:
    """The two documents in memory; `version` may be changed to play a library whose content changed."""

    def __init__(self) -> None:
        self.held = {name: build_document(name) for name in (SHANXI, GUANGXI)}
        self.version = "d1"

    def documents(self) -> list[DocumentInfo]:
        return [
            DocumentInfo(
                document_id=document.document_id,
                title=document.title,
                region=document.region,
                issuer=document.issuer,
                doc_number=document.doc_number,
                date=document.date,
                dates=document.dates,
                implements=document.implements,
                origins=document.origins,
                source_name=document.source_name,
                characters=len(document.text),
                clauses=len(document.clauses),
                doubts=0,
            )
            for document in self.held.values()
        ]

    def document(self, document_id: str) -> Document:
        if document_id not in self.held:
            raise NotFound(f"库里没有文件 {document_id}")
        return self.held[document_id]

    def clauses(self) -> list[Clause]:
        return [clause for document in self.held.values() for clause in document.clauses]

    def clause(self, clause_id: str) -> Clause:
        for clause in self.clauses():
            if clause.clause_id == clause_id:
                return clause
        raise NotFound(f"库里没有条款 {clause_id}")

    def digest(self) -> str:
        return self.version

    def original(self, document_id: str) -> tuple[str, bytes]:
        return (f"{document_id}.txt", self.document(document_id).text.encode())


@dataclass(frozen=True, slots=True)
class FakeIndex:
    generation: str = "g1"
    encoder_name: str = "pairs"
    backend: str = "faiss"

    def search(self, text: str, k: int = 10, *, where: Filter | None = None, regions: Sequence[str] = ()) -> list[Hit]:
        """For what reaches the index past the fakes: comparing."""
        found = fake_search(text, FakeLibrary(), self, k=k, document=where.document if where else None)
        return [Hit(hit.passage_id, hit.score, rank) for rank, hit in enumerate(found, start=1)]

    def expand(self, text: str) -> list[str]:
        """No everyday words."""
        return []


@dataclass(frozen=True, slots=True)
class FakeHit:
    passage_id: str
    score: float


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def fake_search(
    text: str,
    library: FakeLibrary,
    index: object,
    *,
    k: int = 10,
    document: str | None = None,
    region: str | None = None,
    department: str | None = None,
) -> list[FakeHit]:
    """Share of the question's two-character pieces that a clause holds; its region's name counts twice."""
    hits = []
    for clause in library.clauses():
        named = {duty.department for duty in clause.duties}
        if document not in (None, clause.document_id) or region not in (None, REGIONS[clause.document_id]):
            continue
        if department is not None and department not in named:
            continue
        wanted = _pairs(text)
        score = len(wanted & _pairs(clause.text)) / max(1, len(wanted))
        score += 0.2 if REGIONS[clause.document_id] in text else 0.0
        hits.append(FakeHit(clause.clause_id, min(1.0, score)))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:k]


def fake_ask(
    text: str,
    library: FakeLibrary,
    index: object,
    *,
    k: int = 5,
    document: str | None = None,
    region: str | None = None,
    department: str | None = None,
    previous: str | None = None,
) -> Answer:
    """The best clauses that share at least 0.3; the quote is the sentence with most of the pieces."""
    begun = time.perf_counter()
    hits = fake_search(text, library, index, k=k, document=document, region=region, department=department)
    infos = {info.document_id: info for info in library.documents()}
    good = [hit for hit in hits if hit.score >= 0.3]
    citations = []
    for rank, hit in enumerate(good or hits[:3], start=1):
        clause = library.clause(hit.passage_id)
        start = clause.text.find("实现主营业务收入430亿元")
        span = (start, start + 13) if start >= 0 else (0, clause.text.index("。") + 1)
        info = infos[clause.document_id]
        citations.append(cite(clause, info, rank=rank, score=hit.score, highlights=[span] if good else []))
    named = [name for name in REGIONS.values() if name in text]
    first = citations[0] if good else None
    return Answer(
        question=text,
        status="answered" if good else "not_found",
        answer=AnswerSpan(first.text[slice(*first.highlights[0])], first.clause_id, *first.highlights[0])
        if first
        else None,
        citations=tuple(citations) if good else (),
        nearest=() if good else tuple(citations),
        reason=None if good else "库里的文件没有谈到这件事",
        understood=Understood(text, "、".join(named) or None, None, ("诊疗",), None, (), (), "other"),
        took_ms=round((time.perf_counter() - begun) * 1000, 2),
    )
