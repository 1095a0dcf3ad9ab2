"""The records that travel out of `corpus`: a document, its outline and its clauses.

All are frozen.  Offsets count Unicode code points: those of `Node` and `Clause` in the canonical text of the
document, those of `Duty`, `Target` and `Reference` in the text of their clause.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """A department and its role in a clause: 责任部门, 牵头单位, 配合单位, 按职责分工负责 …"""

    role: str
    department: str  # folded to its display name, with the prefix it inherits in a list: 省发展改革委
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity that a clause promises: 主营业务收入 = 430 亿元 by 2020."""

    subject: str
    comparison: str  # "=", ">", ">=", "<", "<=", "range", "+"
    value: str  # the printed digits: "430", "1-3"
    unit: str
    year: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of another text: a title, a document number, an article or a clause of this document."""

    kind: str  # "title", "number", "article", "clause"
    text: str
    target: str | None  # a document id or a clause id; None while unresolved
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of the lossless outline; the nodes of a document, in order, join to its text.

    kind: "title", "number", "note", "contents", "salutation", "heading", "clause", "annex", "signature", "source".
    """

    kind: str
    start: int
    end: int
    depth: int = 0
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in the numbering or the layout that a person should look at."""

    kind: str
    start: int
    message: str


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest paragraph that stands on its own, with everything needed to cite it."""

    clause_id: str
    document_id: str
    path: tuple[str, ...]
    label: str
    text: str
    start: int
    end: int
    sha256: str
    duties: tuple[Duty, ...] = ()
    targets: tuple[Target, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def address(self) -> str:
        """The part of the id after the document: `1.3/1`."""
        return self.clause_id.split("/", 1)[1]

    @property
    def anchor(self) -> str:
        """The fragment of the clause on its document's page: `1.3-1`."""
        return self.address.replace("/", "-")


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A run of canonical text and where it stood in the original: `length` characters, one for one.

    `origin` says what the offsets count: characters of the file, of a page of a PDF, of the main part of a DOCX.
    """

    start: int
    source_start: int
    length: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One document: canonical text, metadata with the origin of each field, outline and clauses."""

    document_id: str
    title: str
    text: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None  # ISO; the day of the last amendment, else of signing, publication, taking effect
    dates: Mapping[str, str]  # "signed", "published", "amended", "effective", "repealed" -> ISO date
    implements: tuple[str, ...]  # document numbers that this document carries out
    origins: Mapping[str, str]  # field -> "text" | "supplied" | "inferred"
    source_name: str
    source_sha256: str
    nodes: tuple[Node, ...]
    clauses: tuple[Clause, ...]
    source_map: tuple[SourceSpan, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list of documents shows: metadata and counts, no text."""

    document_id: str
    title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    dates: Mapping[str, str]
    implements: tuple[str, ...]
    origins: Mapping[str, str]
    source_name: str
    characters: int
    clauses: int
    doubts: int
    current: bool = True  # False for an older version of a document that the library also holds
