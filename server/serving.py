"""Running the server: settings from environment and flags, the first fill of the library, and uvicorn."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Mapping
from typing import Any

import uvicorn
from pydantic import ValidationError

from corpus.errors import TiaowenError
from corpus.library import Library
from server.app import create_app
from server.changes import LibraryChanges
from server.console import open_both, remark
from server.examples import EXAMPLES
from server.keys import KeyRing
from server.service import Service
from server.settings import Settings
from server.wiring import service_over
from server.workers import run_workers


def read_settings(flags: Mapping[str, Any]) -> Settings:
    """Settings from flags over environment over defaults; every bad one is reported together."""
    try:
        return Settings(**flags)
    except ValidationError as error:
        parts = [f"TIAOWEN_{'_'.join(map(str, e['loc'])).upper()}：{e['msg']}" for e in error.errors()]
        raise TiaowenError("设置有误：" + "；".join(parts)) from error


def listening_socket(settings: Settings) -> socket.socket:
    """A socket bound as the settings say; an address in use is one clear sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError as error:
        found.close()
        raise TiaowenError(
            f"不能在 {settings.host}:{settings.port} 上开放服务（{error.strerror}）；换一个端口，如 --port 8001。"
        ) from error
    return found


def configure_logs() -> None:
    """One JSON line per request, and errors with their traceback, on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("tiaowen")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def run_server(flags: Mapping[str, Any]) -> None:
    """Serve until stopped. Raises TiaowenError for what a person can act on."""
    settings = read_settings(flags)
    if not settings.is_loopback and not KeyRing(settings.home).keys():
        raise TiaowenError(
            f"还没有密钥，服务只在本机开放（127.0.0.1），不能用 {settings.host}；"
            "要让别的机器访问，请先用 tiaowen key create --name 名称 创建密钥。"
        )
    open_both(settings.home)
    sock = listening_socket(settings)
    host, port = sock.getsockname()[:2]
    remark(f"条问已在 http://{f'[{host}]' if ':' in host else host}:{port} 开放，按 Ctrl+C 停止。")
    if settings.workers == 1:
        serve_on(settings, sock)
    else:
        configure_logs()
        run_workers(settings, sock)


def serve_on(settings: Settings, sock: socket.socket) -> None:
    """Serve from this process on a bound socket until it is told to stop; requests under way are finished."""
    configure_logs()
    service = service_over(settings.home)
    warm_up(service)
    app = create_app(service, settings, changes=LibraryChanges(settings.home, Library.open(settings.home)))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(config).run(sockets=[sock])


def warm_up(service: Service) -> None:
    """Open the index and answer one question, so that the first reader does not wait for what loads late."""
    service.ask(service.snapshot(wait=True), EXAMPLES[0][0])
