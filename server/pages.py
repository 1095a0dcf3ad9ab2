"""The pages: the same answers as the API, laid out for people. Everything works without script."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import jinja2
from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from corpus.models import Document, DocumentInfo
from server import schemas, views
from server.access import holds
from server.api import cached, post_ask, post_feedback, service_of, snapshot_of
from server.api_docs import describe_calls
from server.examples import EXAMPLES
from server.page_document import document_view
from server.page_models import card_of, columns_of, compared_pairs, quotes_of
from server.problems import PROBLEM_NAMES
from server.service import Snapshot
from server.static_files import StaticFolder
from server.taking import SUFFIXES
from server.wording import LANGUAGES, Wording, wording_for
from server.writing import name_of, written

TEMPLATES = Path(__file__).with_name("templates")
NAVIGATION = (
    ("ask", "/"),
    ("documents", "/documents"),
    ("duties", "/duties"),
    ("targets", "/targets"),
    ("compare", "/compare"),
    ("quality", "/quality"),
    ("docs", "/docs"),
)
LONGEST_QUESTION = 500
PAGE_SIZE = 50

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Chosen = Annotated[str, Query(max_length=400)]
Held = Annotated[Snapshot, Depends(snapshot_of)]


@functools.cache
def environment() -> jinja2.Environment:
    """Templates that escape everything, and fail on a name they do not know."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asked_language(request: Request) -> str | None:
    """The language that the address names, to be kept in the links of the page."""
    lang = request.query_params.get("lang")
    return lang if lang in LANGUAGES else None


def make_link(lang: str | None) -> Any:
    """A function from a path and parameters to an address, which keeps the language that was asked for."""

    def link(path: str, **parameters: str | int | None) -> str:
        kept = {name: value for name, value in parameters.items() if value not in (None, "")}
        if lang:
            kept["lang"] = lang
        return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path

    return link


def render(
    request: Request, template: str, section: str, status_code: int = 200, *, twin: str | None = None, **context: Any
) -> Response:
    """One page in the reader's language, with what every page needs; `twin` is the address of the same as JSON."""
    wording = wording_for(request)
    static: StaticFolder = request.app.state.static
    other = "en" if wording.lang == "zh" else "zh"
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    other_query = urlencode([*query, ("lang", other)], quote_via=quote)
    page = (
        environment()
        .get_template(template)
        .render(
            t=wording,
            lang=asked_language(request),
            link=make_link(asked_language(request)),
            static=static.url,
            section=section,
            twin=twin,
            nav_items=NAVIGATION,
            other_language=f"{quote(request.url.path)}?{other_query}",
            document_url=views.document_url,
            facts=facts,
            url_of=make_url_of(asked_language(request)),
            **context,
        )
    )
    headers = {
        "vary": "Accept-Language, Authorization",
        "content-language": wording.html_lang,
        "cache-control": "private, no-cache",
    }
    return HTMLResponse(page, status_code, headers=headers)


def make_url_of(lang: str | None) -> Any:
    """A function from a clause id to its place on the page of its document."""
    link = make_link(lang)

    def url_of(clause_id: str) -> str:
        path, _, anchor = views.url_of(clause_id).partition("#")
        return f"{link(path)}#{anchor}"

    return url_of


def facts(document: Document | DocumentInfo) -> list[tuple[str, str, str | None]]:
    """Wording key, field and value of the metadata that a page shows, unknown ones included."""
    return [
        ("library.region", "region", document.region),
        ("library.issuer", "issuer", document.issuer),
        ("library.number", "doc_number", document.doc_number),
        ("library.date", "date", document.date),
    ]


def render_problem(request: Request, problem: dict[str, Any]) -> Response:
    """An error as a page, for browsers."""
    return render(request, "problem.html", "", problem["status"], problem={"errors": [], **problem})


def choices_of(snapshot: Snapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the filters offer; a library of one region needs no choice of region."""
    documents = [(info.document_id, info.title) for info in list(snapshot.infos.values())[:500]]
    departments = [(name, name) for name in snapshot.departments[:500]]
    options = [
        ("document", documents),
        ("region", [(region, region) for region in snapshot.regions]),
        ("department", departments),
    ]
    return [(name, values) for name, values in options if len(values) > 1]


def examples_for(snapshot: Snapshot) -> list[str]:
    """Example questions whose documents the library holds."""
    return [question for question, documents in EXAMPLES if all(name in snapshot.infos for name in documents)]


@router.get("/")
def ask_page(
    request: Request,
    snapshot: Held,
    q: str = "",
    document: Chosen = "",
    region: Chosen = "",
    department: Chosen = "",
    previous: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
    write: bool = False,
) -> Response:
    """The question box, and under it the answer to `?q=`; with `&write=1` what the model of the settings writes."""
    query = q.strip()
    link, wording = make_link(asked_language(request)), wording_for(request)
    filters = {"document": document, "region": region, "department": department}
    context: dict[str, Any] = {
        "query": query,
        "filters": filters,
        "choices": choices_of(snapshot),
        "documents": list(snapshot.infos.values()),
        "clause_count": snapshot.clause_count,
        "examples": examples_for(snapshot),
        "answer": None,
        "takes": [],
        "write_href": None,
        "written": [],
        "too_long": "",
        "status": "",
    }
    status = 200
    if len(query) > LONGEST_QUESTION:
        context["too_long"] = context["status"] = wording.format("ask.too-long", n=len(query))
        status = 422
    elif query:
        request.scope["tiaowen.question"] = query
        found = service_of(request).ask(
            snapshot,
            query,
            document=document or None,
            region=region or None,
            department=department or None,
            previous=previous.strip() or None,
        )
        answer = schemas.AskResponse.model_validate(found)
        request.app.state.metrics.answer(answer.status)
        context |= answer_context(answer, snapshot, link, wording, str(request.base_url))
        asked = {"q": query, **filters, "previous": previous.strip()}
        context["share"] = link("/", **asked)
        context["twin"] = make_link(None)("/ask.json", **asked)
        context["takes"] = [(form, make_link(None)("/api/v1/export", **asked, form=form)) for form in SUFFIXES.values()]
        settings = request.app.state.settings
        context["write_href"] = link("/", **asked, write="1") if settings.writer_url and not write else None
        events = written(found, settings) if write else ()
        context["written"] = [(name_of(event), event) for event in events]
    return render(request, "ask.html", "ask", status, **context)


@router.get("/ask.json", response_class=JSONResponse)
def ask_json(
    request: Request,
    snapshot: Held,
    q: Annotated[schemas.QuestionText, Query()],
    document: Chosen = "",
    region: Chosen = "",
    department: Chosen = "",
    previous: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
) -> schemas.AskResponse:
    """The twin of an answer's page: the body of `POST /api/v1/ask`."""
    body = schemas.AskRequest(
        question=q,
        document=document or None,
        region=region or None,
        department=department or None,
        previous=previous.strip() or None,
    )
    return post_ask(body, request, snapshot)


def answer_context(
    answer: schemas.AskResponse, snapshot: Snapshot, link: Any, wording: Wording, base: str
) -> dict[str, Any]:
    """What the results part of the page shows of an answer."""
    cards = [card_of(citation, snapshot, link, answer.answer, base) for citation in answer.citations]
    near = [card_of(citation, snapshot, link, None, base) for citation in answer.nearest]
    columns = columns_of(cards, (answer.understood.region or "").split("、"))
    if answer.status == "answered" and cards:
        status = wording.format("answer.status", label=cards[0].citation.label, n=len(cards))
    else:
        status = wording.format("refused.status", reason=answer.reason or "")
    return {
        "answer": answer,
        # A complete list of duties or targets is the answer itself; a quote from its first clause would mislead.
        "quotes": [] if answer.duties or answer.targets else quotes_of(answer, columns, link, base),
        "cards": cards,
        "near": near,
        "columns": None if answer.comparison else columns,
        "pairs": compared_pairs(answer.comparison, link, answer) if answer.comparison else [],
        "took": f"{answer.took_ms:.0f}" if answer.took_ms >= 10 else f"{answer.took_ms:.1f}",
        "status": status,
    }


@router.post("/feedback")
def feedback_page(
    request: Request,
    snapshot: Held,
    question: Annotated[schemas.QuestionText, Form()],
    verdict: Annotated[Literal["good", "bad"], Form()],
    clause_id: Annotated[str | None, Form(max_length=400)] = None,
) -> Response:
    """The two buttons under an answer, without script."""
    body = schemas.FeedbackRequest(question=question, verdict=verdict, clause_id=clause_id)
    post_feedback(body, request, snapshot)
    return render(request, "thanks.html", "ask", 201, question=question)


@router.get("/documents")
def library_page(request: Request, snapshot: Held, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """What the library holds, a page at a time."""
    infos = list(snapshot.infos.values())
    changing = can_change(request)
    return render(
        request,
        "library.html",
        "documents",
        twin="/documents.json",
        documents=infos[offset : offset + PAGE_SIZE],
        total=len(infos),
        clause_count=snapshot.clause_count,
        can_change=changing,
        needs_key=request.app.state.changes is not None and not changing,
        removed=request.app.state.changes.removed() if changing else {},
        characters=sum(info.characters for info in infos),
        **neighbours(offset, PAGE_SIZE, len(infos)),
    )


def can_change(request: Request) -> bool:
    """Whether this reader may change the library, and so is shown how."""
    return request.app.state.changes is not None and holds(request, "write")


def neighbours(offset: int, size: int, total: int) -> dict[str, Any]:
    """Where the pages before and after this one of a list begin; None where there is none."""
    return {
        "previous": max(0, offset - size) if offset else None,
        "next": offset + size if offset + size < total else None,
    }


@router.get("/documents.json", response_class=JSONResponse, dependencies=[Depends(cached)])
def library_json(snapshot: Held) -> schemas.DocumentList:
    """The twin of the library page."""
    documents = [views.document_summary(info) for info in snapshot.infos.values()]
    return schemas.DocumentList(documents=documents, total=len(documents), offset=0, limit=len(documents))


@router.get("/documents/{document_id}.json", response_class=JSONResponse, dependencies=[Depends(cached)])
def document_json(document_id: str, snapshot: Held) -> schemas.DocumentResponse:
    """The twin of the document page."""
    return views.document_response(snapshot.document(document_id))


@router.get("/documents/{document_id}/original")
def original_file(document_id: str, snapshot: Held) -> Response:
    """The file as it was added, always as a download: a foreign HTML file must not run on this site."""
    name, content = snapshot.library.original(document_id)
    disposition = f"attachment; filename*=UTF-8''{quote(Path(name).name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"content-disposition": disposition})


@router.get("/documents/{document_id}")
def document_page(
    request: Request,
    document_id: str,
    snapshot: Held,
    find: Annotated[str, Query(max_length=100)] = "",
    mark: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """A document with an anchor per clause; `?find=` marks words, `?mark=` those of an answer."""
    document = snapshot.document(document_id)
    words = find.strip()
    view = document_view(document, snapshot, make_link(asked_language(request)), words, mark)
    return render(
        request,
        "document.html",
        "documents",
        twin=f"{views.document_url(document.document_id)}.json",
        can_change=can_change(request),
        document=document,
        find=words,
        blocks=view.blocks,
        outline=view.outline,
        found_count=view.found_count,
        found_in=view.found_in,
    )


@router.get("/docs")
def docs_page(request: Request) -> Response:
    """The API, described from its own OpenAPI schema; no script and no outside file."""
    calls = describe_calls(request.app.openapi(), str(request.base_url).rstrip("/"))
    return render(request, "docs.html", "docs", twin="/openapi.json", calls=calls, problems=list(PROBLEM_NAMES.items()))


def install(app: FastAPI, static: StaticFolder) -> None:
    """Let an app lay out pages, and let its errors be pages too where a browser asked."""
    app.state.static = static
    app.state.render_problem = render_problem
