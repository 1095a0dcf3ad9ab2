"""Commands that change the library or its index: add, remove, index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server import console
from server.console import (
    fail,
    open_library,
    print_json,
    refresh_index,
    remark,
    resolve_home,
    told_in_one_line,
)
from server.options import AsJson, Home

library_commands = typer.Typer()

Supplied = Annotated[str | None, typer.Option(help="Told, not read from the text.", show_default=False)]


@library_commands.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="TXT, MD, HTML, DOCX or PDF files.")],
    document_id: Annotated[str | None, typer.Option("--id", help="Id of the one document added.")] = None,
    title: Supplied = None,
    region: Supplied = None,
    issuer: Supplied = None,
    doc_number: Supplied = None,
    date: Annotated[str | None, typer.Option(help="ISO date, 2016-10-11.", show_default=False)] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Add documents and index them; one bad file is reported and the rest go on."""
    from corpus.errors import TiaowenError
    from server import views
    from server.printing import print_documents

    supplied = {
        "document_id": document_id,
        "title": title,
        "region": region,
        "issuer": issuer,
        "doc_number": doc_number,
        "date": date,
    }
    given = {name: value for name, value in supplied.items() if value is not None}
    if len(files) > 1 and given.keys() & {"document_id", "title", "doc_number"}:
        raise typer.BadParameter(
            "--id, --title and --doc-number describe one document, but several are added"
        )
    folder = resolve_home(home)
    bad, added = [], []
    with told_in_one_line():
        library = open_library(folder)
        with console.progress_bar("读取文件") as tell:
            for row, file in enumerate(files, start=1):
                try:
                    added.append(library.add(file, **given).document_id)
                except (TiaowenError, OSError) as error:
                    bad.append(f"{file}: {error}")
                    remark(f"tiaowen: {file}: {error}")
                tell(row, len(files))
        if added:
            refresh_index(folder, library)
        infos = [info for info in library.documents() if info.document_id in added]
    documents = [views.document_summary(info) for info in infos]
    if as_json:
        print_json({"documents": [document.model_dump() for document in documents], "failed": bad})
    else:
        print_documents(console.results(), documents)
    if bad:
        raise fail(f"{len(files)} 个文件中有 {len(bad)} 个没有加入。")


@library_commands.command()
def remove(
    documents: Annotated[list[str], typer.Argument(help="Document ids.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Remove documents and build the index without them."""
    folder = resolve_home(home)
    with told_in_one_line():
        library = open_library(folder)
        for document_id in documents:
            library.document(document_id)  # an unknown one stops the command before anything is removed
        for document_id in documents:
            library.remove(document_id)
        refresh_index(folder, library)
    if as_json:
        print_json({"removed": documents})
    else:
        remark(f"已移除 {'、'.join(documents)}。")


@library_commands.command()
def index(
    encoder: Annotated[
        str | None, typer.Option(help="Model name or path; the shipped one without it.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing has changed.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Build the index of the library's present state."""
    from index.build import open_current

    folder = resolve_home(home)
    with told_in_one_line():
        library = open_library(folder)
        built = refresh_index(folder, library, encoder=encoder, force=force or encoder is not None)
        live = open_current(folder)
    facts = {
        "built": built,
        "generation": live.generation,
        "encoder": live.encoder_name,
        "backend": live.backend,
        "clauses": live.size,
    }
    if as_json:
        print_json(facts)
    else:
        state = "已建立" if built else "没有变化，沿用"
        console.results().print(
            f"{state}索引 {live.generation}：{live.size} 个条款，编码器 {live.encoder_name}，{live.backend}",
            markup=False,
        )
