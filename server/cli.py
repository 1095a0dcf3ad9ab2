"""The command line: a command parses, calls one function, prints. `--json` prints the bodies of the HTTP
contract.

Exit status: 0 done; 1 a person can act on it, said in one line; 2 wrong arguments; 3 `ask` found nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server import console
from server.cli_evaluate import evaluation
from server.cli_keys import key_commands
from server.cli_library import library_commands
from server.console import (
    NOT_FOUND,
    fail,
    open_both,
    open_library,
    print_json,
    resolve_home,
    told_in_one_line,
)
from server.options import AsJson, Home, Limit

if TYPE_CHECKING:
    from server.service import Service, Snapshot

app = typer.Typer(
    name="tiaowen",
    help="Ask official documents in everyday Chinese; get the clause that answers, word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Document = Annotated[str | None, typer.Option("--document", help="Only this document, by id.")]
Region = Annotated[str | None, typer.Option("--region", help="Only documents of this region.")]
Department = Annotated[str | None, typer.Option("--department", help="Only clauses it has a duty in.")]


def open_service(home: Path) -> tuple[Service, Snapshot]:
    """The service over a home, with a first snapshot."""
    from server.wiring import service_over

    open_both(home)
    service = service_over(home)
    return service, service.snapshot()


def check_question(text: str) -> str:
    """A question of 1 to 500 characters, trimmed; else status 2."""
    text = text.strip()
    if not 1 <= len(text) <= 500:
        raise typer.BadParameter(f"a question has 1 to 500 characters, this has {len(text)}")
    return text


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In everyday words, 1 to 500 characters.")],
    k: Limit = 5,
    document: Document = None,
    region: Region = None,
    department: Department = None,
    previous: Annotated[
        str | None, typer.Option(help="The question asked before, which 那广西呢 leans on.", show_default=False)
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="Save it as a .docx, .md or .json file, too.", dir_okay=False, show_default=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Let the model of the settings phrase it.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Ask a question; exit status 3 if no clause answers it."""
    from server import schemas
    from server.printing import print_answer, print_written
    from server.taking import SUFFIXES, take

    question = check_question(question)
    form = SUFFIXES.get(save.suffix.lower()) if save else None
    if save and form is None:
        raise typer.BadParameter(f"{save.name} should end in {', '.join(SUFFIXES)}", param_hint="--save")
    with told_in_one_line():
        service, snapshot = open_service(resolve_home(home))
        record = service.ask(
            snapshot,
            question,
            k=k,
            document=document,
            region=region,
            department=department,
            previous=check_question(previous) if previous is not None else None,
        )
        answer = schemas.AskResponse.model_validate(record)
        if save and form:
            save.write_bytes(take(record, form).content)
            console.remark(f"已写入 {save}")
    if as_json:
        print_json(answer)
    else:
        print_answer(console.results(), answer)
        if write:
            from server.serving import read_settings
            from server.writing import written

            with told_in_one_line():
                print_written(console.results(), written(record, read_settings({})))
    if answer.status == "not_found":
        raise typer.Exit(NOT_FOUND)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Limit = 10,
    document: Document = None,
    region: Region = None,
    department: Department = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Rank clauses without answering."""
    import time

    from server import views
    from server.printing import print_hits

    query = check_question(query)
    with told_in_one_line():
        service, snapshot = open_service(resolve_home(home))
        begun = time.perf_counter()
        hits = service.search(snapshot, query, k=k, document=document, region=region, department=department)
        took_ms = round((time.perf_counter() - begun) * 1000, 2)
        body = views.search_response(query, hits, snapshot, took_ms)
    if as_json:
        print_json(body)
    else:
        print_hits(console.results(), body.hits)


@app.command("list")
def list_documents(as_json: AsJson = False, home: Home = None) -> None:
    """What the library holds."""
    from server import schemas, views
    from server.printing import print_documents

    with told_in_one_line():
        infos = open_library(resolve_home(home)).documents()
    documents = [views.document_summary(info) for info in infos]
    if as_json:
        count = len(documents)
        print_json(schemas.DocumentList(documents=documents, total=count, offset=0, limit=max(count, 1)))
    else:
        print_documents(console.results(), documents)


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="DOCUMENT|CLAUSE|PART", help="shanxi-2016, shanxi-2016/1.3/1 or LAW/39/2.3")
    ],
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Only what looked wrong in its numbering, with the lines.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Read a document, a clause, or a paragraph or item of an article."""
    from server import showing

    if doubts and "/" in name:
        raise typer.BadParameter("--doubts is about a document; leave out what follows its id")
    with told_in_one_line():
        library = open_library(resolve_home(home))
        if doubts:
            showing.show_doubts(library, name, as_json)
        elif "/" in name:
            showing.show_clause(library, name, as_json)
        else:
            showing.show_document(library, name, as_json)


@app.command()
def duties(
    department: Annotated[
        str | None, typer.Argument(help="省科技厅, or 科技厅 for all; without it, everyone's.")
    ] = None,
    document: Document = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Who is responsible for what: complete, not ranked."""
    from server import views
    from server.printing import print_duties

    with told_in_one_line():
        _, snapshot = open_service(resolve_home(home))
        body = views.duty_list(snapshot, views.duties_of(snapshot, department, document), department)
    if as_json:
        print_json(body)
        return
    if department and not body.duties:
        names = "、".join(snapshot.departments[:12])
        raise fail(f"没有哪个条款写明{department}的职责；库里有职责的部门如 {names} 等，见 tiaowen duties。")
    print_duties(console.results(), body)


@app.command()
def compare(
    topic: Annotated[str, typer.Argument(help="What to compare them on: 医药物流.")],
    left: Annotated[str, typer.Argument(help="A document, by its id.")],
    right: Annotated[str, typer.Argument(help="Another one.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """The clauses of two documents on a topic, aligned, with what differs."""
    from qa.compare import compare as compared
    from server import schemas
    from server.printing import print_comparison

    topic = check_question(topic)
    with told_in_one_line():
        _, snapshot = open_service(resolve_home(home))
        found = compared(topic, left, right, snapshot.library, snapshot.index)
        body = schemas.CompareResponse.model_validate(found)
    if as_json:
        print_json(body)
    else:
        print_comparison(console.results(), body)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="An answer as `ask --json` printed it, or its citations; - for stdin.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Prove saved citations: is each still what the library holds? Status 1 if one is not."""
    from qa.verify import verify_citations
    from server import schemas
    from server.printing import print_verdicts

    with told_in_one_line():
        claims = _read_claims(file)
        library = open_library(resolve_home(home))
        verdicts = verify_citations(claims, library)
        body = schemas.VerifyResponse.model_validate({"results": verdicts})
    if as_json:
        print_json(body)
    else:
        print_verdicts(console.results(), body)
    bad = [verdict for verdict in body.results if verdict.status != "valid"]
    if bad:
        raise fail(f"{len(body.results)} 条引用中有 {len(bad)} 条与库里的原文不一致或找不到。")


def _read_claims(file: Path) -> list[Any]:
    """The citations of an answer, of {"citations": […]}, or of a bare list."""
    import json
    import sys

    from pydantic import ValidationError

    from corpus.errors import TiaowenError
    from server import schemas

    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    try:
        value = json.loads(text)
        found = value.get("citations") if isinstance(value, dict) else value
        return list(schemas.VerifyRequest.model_validate({"citations": found}).citations)
    except (ValueError, ValidationError) as error:
        message = f'{file} 里没有可核对的引用：应是 tiaowen ask --json 的输出，或 {{"citations": […]}}。'
        raise TiaowenError(message) from error


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that answer.")] = None,
    allowed_hosts: Annotated[str | None, typer.Option(help="Further host names, comma separated.")] = None,
    max_body_bytes: Annotated[int | None, typer.Option(min=1024, help="Largest upload.")] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=0, help="Per client; 0 for no limit.")] = None,
    trusted_proxies: Annotated[str | None, typer.Option(help="Whose X-Forwarded-For is believed.")] = None,
    cors_origins: Annotated[str | None, typer.Option(help="Origins whose pages may call the API.")] = None,
    private: Annotated[bool | None, typer.Option(help="Reading needs a key as well.")] = None,
    log_questions: Annotated[bool | None, typer.Option(help="Write questions to the log.")] = None,
    writer_url: Annotated[str | None, typer.Option(help="A model that may phrase answers.")] = None,
    writer_model: Annotated[str | None, typer.Option(help="Its name.")] = None,
    writer_key_file: Annotated[str | None, typer.Option(help="The file that holds its key.")] = None,
    writer_timeout_s: Annotated[float | None, typer.Option(help="Seconds for its whole answer.")] = None,
    home: Home = None,
) -> None:
    """Serve the page and the API; a flag wins over its variable TIAOWEN_*, see `tiaowen doctor`."""
    from server.serving import run_server

    with told_in_one_line():
        given = {
            "home": home,
            "host": host,
            "port": port,
            "workers": workers,
            "allowed_hosts": allowed_hosts,
            "max_body_bytes": max_body_bytes,
            "requests_per_minute": requests_per_minute,
            "trusted_proxies": trusted_proxies,
            "cors_origins": cors_origins,
            "private": private,
            "log_questions": log_questions,
            "writer_url": writer_url,
            "writer_model": writer_model,
            "writer_key_file": writer_key_file,
            "writer_timeout_s": writer_timeout_s,
        }
        run_server({name: value for name, value in given.items() if value is not None})


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Check every byte of the library and the index.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say what is in force and whether the library and the index are sound."""
    from server.doctor import examine
    from server.printing import print_findings

    with told_in_one_line():
        findings = examine(resolve_home(home), deep=deep)
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        print_findings(console.results(), findings)
    bad = [finding for finding in findings if not finding.good]
    if bad:
        raise fail("；".join(f"{finding.name}：{finding.advice}" for finding in bad))


app.registered_commands += library_commands.registered_commands
app.registered_commands += evaluation.registered_commands
app.registered_groups += evaluation.registered_groups
app.add_typer(key_commands, name="key")


def main() -> None:
    """The entry point `tiaowen`."""
    import os

    # Before numpy, faiss or torch are loaded by anything: by default their threads spin while they wait, which is far
    # slower on a busy machine. A question's matrices are small; one thread for each takes a third of the time of two.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app()
