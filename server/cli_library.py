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
    files: Annotated[list[Path], typer.Argument(help="TXT, MD, HTML, DOCX or PDF files, or folders.")],
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
    from corpus.isolated import read_file
    from corpus.library import expand
    from server import views
    from server.printing import print_documents

    supplied = {
        "title": title,
        "region": region,
        "issuer": issuer,
        "doc_number": doc_number,
        "date": date,
    }
    given = {name: value for name, value in supplied.items() if value is not None}
    several = len(files) > 1 or files[0].is_dir()
    if several and (document_id is not None or given.keys() & {"title", "doc_number"}):
        raise typer.BadParameter("--id, --title and --doc-number describe one document, but several are added")
    folder = resolve_home(home)
    bad, added = [], []
    with told_in_one_line():
        library = open_library(folder)
        with console.progress_bar("读取文件") as tell:
            found = list(expand(files))
            for row, file in enumerate(found, start=1):
                try:
                    source = read_file(file)
                    added.append(library.add_source(source, document_id=document_id, supplied=given).document_id)
                except (TiaowenError, OSError) as error:
                    bad.append(f"{file}: {error}")
                    remark(f"tiaowen: {file}: {error}")
                tell(row, len(found))
        if added:
            refresh_index(folder, library)
        infos = [info for info in library.documents() if info.document_id in added]
    documents = [views.document_summary(info) for info in infos]
    if as_json:
        print_json({"documents": [document.model_dump() for document in documents], "failed": bad})
    else:
        print_documents(console.results(), documents)
    if bad:
        raise fail(f"{len(found)} 个文件中有 {len(bad)} 个没有加入。")


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


@library_commands.command("export")
def export_library(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)], home: Home = None
) -> None:
    """Write the whole library as one file, for another machine or as a backup."""
    with told_in_one_line():
        open_library(resolve_home(home)).export(file)
    remark(f"已写入 {file}")


@library_commands.command("import")
def import_library(
    file: Annotated[Path, typer.Argument(help="A file that `tiaowen export` wrote.", exists=True)],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Add every document of an exported library that is not here yet, and index them."""
    folder = resolve_home(home)
    with told_in_one_line():
        library = open_library(folder)
        added = library.import_from(file)
        refresh_index(folder, library)
    if as_json:
        print_json({"added": added})
    else:
        remark(f"加入了 {len(added)} 份文件：{'、'.join(added)}" if added else "没有新的文件。")
