"""One place wires everything together: routers, error answers, static files and the layers around each
request.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from server import api, api_answers, api_library, pages, pages_browse, pages_library, problems
from server.access import may_read
from server.changes import Changes
from server.feedback import FeedbackLog
from server.jobs import JobFiles, JobRunner
from server.keys import KeyRing
from server.metrics import Metrics
from server.middleware import Guard, HeadAsGet
from server.service import Service
from server.settings import Settings
from server.static_files import StaticFolder

STATIC = Path(__file__).with_name("static")


def create_app(service: Service, settings: Settings | None = None, *, changes: Changes | None = None) -> FastAPI:
    """The whole server around a service; without `changes` it only reads. Tests hand it small fakes."""
    settings = settings or Settings()
    app = FastAPI(
        title="条问 Tiaowen",
        version="1",
        summary="Answers questions in everyday Chinese about official documents and cites the clause.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.state.settings = settings
    app.state.feedback = FeedbackLog(settings.home)
    app.state.changes = changes
    app.state.jobs = _runner(changes, service, settings) if changes is not None else None
    app.state.keys = KeyRing(settings.home)
    app.state.metrics = metrics = Metrics()
    static = StaticFolder(STATIC)
    app.mount("/static", static, name="static")
    reading = [Depends(may_read)]
    app.include_router(api.router, dependencies=reading)
    app.include_router(api_answers.router, dependencies=reading)
    app.include_router(api_library.router)
    app.include_router(api.operation)
    pages.install(app, static)
    app.include_router(pages.router, dependencies=reading)
    app.include_router(pages_browse.router, dependencies=reading)
    app.include_router(pages_library.router, dependencies=reading)
    problems.install_handlers(app)

    @app.exception_handler(api.NotModified)
    def on_not_modified(request: Request, error: Exception) -> Response:
        assert isinstance(error, api.NotModified)
        return Response(status_code=304, headers={"etag": error.etag, "cache-control": "private, no-cache"})

    # The last one added is the outermost.
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type", "x-request-id"),
            expose_headers=("etag", "x-request-id", "retry-after"),
            max_age=3600,
        )
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Guard, settings=settings, metrics=metrics)
    return app


def _runner(changes: Changes, service: Service, settings: Settings) -> JobRunner:
    return JobRunner(changes, lambda: service.snapshot(wait=True), files=JobFiles(settings.home / "jobs"))
