"""How results look in a terminal. Text of documents is printed through `Text`, so no bracket in it is
markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from qa.writers import Dropped, Event, Stopped, Written
from server import schemas
from server.marks import excerpt, surrounding

if TYPE_CHECKING:
    from corpus.models import Document
    from server.doctor import Finding

_HIT = "black on bright_yellow"


def _marked(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Text:
    """`text[start:end]` with the spans marked, and dots where it was cut."""
    shown = Text(text[start:end])
    for left, right in spans:
        if left < end and right > start:
            shown.stylize(_HIT, max(0, left - start), right - start)
    return Text("……" if start else "") + shown + Text("……" if end < len(text) else "")


def print_answer(console: Console, answer: schemas.AskResponse) -> None:
    """The answer first, then the clauses it rests on; or why there is none."""
    if answer.status == "not_found":
        console.print(Text("没有条款回答这个问题", "bold"))
        if answer.reason:
            console.print(Text(answer.reason))
        if answer.nearest:
            console.print(Text("\n最接近的条款（没有回答此问）：", "dim"))
            print_hits(console, answer.nearest)
        return
    span = answer.answer
    source = next((c for c in answer.citations if span and c.clause_id == span.clause_id), None)
    if span is not None and source is not None:
        start, end = surrounding(source.text, span.start, span.end)
        console.print(_marked(source.text, [(span.start, span.end)], start, end))
        console.print(Text(f"——{source.label}", "bold"))
    if answer.duties is not None:
        _print_sides(console, answer.duties)
        return
    if answer.targets:
        _print_targets(console, answer.targets)
        return
    console.print(Text("\n依据：", "dim"))
    print_hits(console, answer.citations)
    if answer.comparison is not None:
        console.print()
        print_comparison(console, answer.comparison)


def print_written(console: Console, events: Iterable[Event]) -> None:
    """What a model writes, sentence by sentence as it comes; what was dropped, and why, and where it stopped."""
    console.print(Text("\n模型据以上条款写成（每句已与所引条款核对）：", "dim"))
    for event in events:
        match event:
            case Written(text):
                console.print(Text(text))
            case Dropped(text, reason):
                console.print(Text(f"（删去一句：{reason}）", "dim"))
            case Stopped(reason):
                console.print(Text(reason, "dim"))


def _print_sides(console: Console, table: schemas.DutyTableBody) -> None:
    """The complete list of what departments lead and support."""
    for name, duties in (("牵头或负责", table.lead), ("配合", table.support)):
        if duties:
            console.print(Text(f"\n{name}（{len(duties)}）", "bold"))
        for duty in duties:
            console.print(Text(f"{duty.department}　{duty.title}　") + Text(f"{duty.label}　{duty.clause_id}", "dim"))
    if table.remark:
        console.print(Text(table.remark, "dim"))


def _print_targets(console: Console, targets: Sequence[schemas.ListedTarget]) -> None:
    """The complete table of targets."""
    table = Table("指标", "", "数值", "年份", "条款", box=None, pad_edge=False)
    for each in targets:
        cells = (each.subject, each.comparison, each.value + each.unit, each.year or "", each.clause_id)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def print_comparison(console: Console, body: schemas.CompareResponse) -> None:
    """Row by row the clauses of both sides, with the numbers and departments that only one has."""
    if not body.rows:
        console.print(Text("两份文件都没有谈到这个问题。"))
    for number, row in enumerate(body.rows, start=1):
        console.print(Text(f"{number}.", "bold"))
        sides = (
            (body.left_title, row.left, row.numbers.only_left, row.departments.only_left),
            (body.right_title, row.right, row.numbers.only_right, row.departments.only_right),
        )
        for title, cited, numbers, departments in sides:
            if cited is None:
                console.print(Text(f"   《{title.strip('《》')}》没有相应的条款", "dim"))
                continue
            start, end = excerpt(cited.text, cited.highlights, longest=160)
            console.print(Text("   ") + Text(cited.label, "bold") + Text(f"  {cited.clause_id}", "dim"))
            console.print(Text("   ") + _marked(cited.text, cited.highlights, start, end))
            only = "、".join((*numbers, *departments))
            if only and row.left is not None and row.right is not None:
                console.print(Text(f"   只有这里有：{only}", "dim"))


def print_hits(console: Console, hits: Sequence[schemas.CitationBody]) -> None:
    """Ranked clauses with their places, scores and the part that matters."""
    for hit in hits:
        head = Text(f"{hit.rank}. ", "dim") + Text(hit.label, "bold") + Text(f"  {hit.score:.0%}", "dim")
        start, end = excerpt(hit.text, hit.highlights, longest=160)
        body = _marked(hit.text, hit.highlights, start, end)
        duties = "　".join(f"{duty.role} {duty.department}" for duty in hit.duties[:4])
        console.print(head)
        console.print(Text("   ") + body)
        console.print(Text(f"   {hit.clause_id}　{duties}".rstrip(), "dim"))


def print_documents(console: Console, documents: Sequence[schemas.DocumentSummary]) -> None:
    """One row a document."""
    whole = Column("编号", overflow="fold", min_width=24)  # cut short it could not be typed again
    table = Table(whole, "标题", "地区", "日期", "条款", box=None, pad_edge=False)
    for document in documents:
        cells = (document.document_id, document.title, document.region or "", document.date or "")
        table.add_row(*(Text(cell) for cell in cells), Text(str(document.clause_count)))
    console.print(table)


def print_document(console: Console, document: Document) -> None:
    """The document's metadata and its whole canonical text."""
    console.print(Text(document.title, "bold"))
    known = [document.region, document.issuer, document.doc_number, document.date]
    console.print(Text(" · ".join(part for part in known if part), "dim"))
    console.print(Text(document.text))


def print_clause(console: Console, clause: schemas.ClauseResponse, pages: Sequence[int] = ()) -> None:
    """A clause with what is known about it and its neighbours; pages: those of the file that it stands on."""
    console.print(Text(clause.label, "bold"))
    console.print(Text(clause.text))
    if pages:
        console.print(Text(f"原件第{'、'.join(map(str, pages))}页", "dim"))
    for duty in clause.duties:
        console.print(Text(f"{duty.role}：{duty.department}", "dim"))
    for target in clause.targets:
        year = f"（{target.year}年）" if target.year else ""
        console.print(Text(f"目标：{target.subject} {target.comparison} {target.value}{target.unit}{year}", "dim"))
    for reference in clause.references:
        if reference.target is not None:
            console.print(Text(f"引用：{reference.text} → {reference.target}", "dim"))
    for name, link in (("上一条", clause.previous), ("下一条", clause.next)):
        if link is not None:
            console.print(Text(f"{name}：{link.clause_id}", "dim"))


def print_doubts(console: Console, document: Document) -> None:
    """What looked wrong in a document's numbering: what, where, and the line it stands in."""
    if not document.doubts:
        console.print(Text(f"{document.title}：编号没有存疑之处。"))
        return
    console.print(Text(f"{document.title}：{len(document.doubts)} 处存疑", "bold"))
    for doubt in document.doubts:
        end = document.text.find("\n", doubt.start)
        line = document.text[doubt.start : end if end >= 0 else len(document.text)]
        place = next((c.address for c in reversed(document.clauses) if c.start <= doubt.start), "")
        console.print(Text(doubt.message))
        console.print(Text(f"   {place}　第{doubt.start}字：{line if len(line) <= 60 else line[:60] + '……'}", "dim"))


def print_duties(console: Console, body: schemas.DutyList) -> None:
    """One row a duty."""
    table = Table("部门", "职责", "条款", "位置", box=None, pad_edge=False)
    for duty in body.duties:
        table.add_row(*(Text(cell) for cell in (duty.department, duty.role, duty.clause_id, duty.label)))
    console.print(table)


def print_verdicts(console: Console, body: schemas.VerifyResponse) -> None:
    """One line a citation, with the words that changed."""
    words = {"valid": ("一致", "green"), "changed": ("已变", "red"), "unknown": ("未知", "yellow")}
    for verdict in body.results:
        word, style = words[verdict.status]
        console.print(Text(f"{word}  ", style) + Text(f"{verdict.clause_id}  {verdict.label or ''}"))
        for change in verdict.changes[:8]:
            console.print(Text(f"      “{change.before}” → “{change.after}”", "dim"))


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """One line a finding."""
    for finding in findings:
        mark = Text("✓ ", "green") if finding.good else Text("✗ ", "red")
        console.print(mark + Text(f"{finding.name}  {finding.found}"))
