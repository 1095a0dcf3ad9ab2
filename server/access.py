"""Who may do what: reading is open unless the settings make it private; changing needs a key once there is
one.
"""

from __future__ import annotations

from fastapi import Request

from server.keys import KeyRing, presented_key
from server.problems import Problem
from server.settings import Settings
from server.wording import wording_for

ASK_FOR_KEY = {"www-authenticate": 'Basic realm="tiaowen", charset="UTF-8"'}


def check(request: Request, scope: str) -> None:
    """Raise a problem, 401 or 403, unless the request may do what needs this scope."""
    ring: KeyRing = request.app.state.keys
    settings: Settings = request.app.state.settings
    if scope == "read" and not settings.private:
        return
    if not ring.keys() and settings.is_loopback:
        return
    wording = wording_for(request)
    presented = presented_key(request.headers.get("authorization", ""))
    if presented is None:
        raise Problem(401, wording["problem.key-needed.none"], headers=ASK_FOR_KEY)
    key = ring.find(presented)
    if key is None:
        raise Problem(401, wording["problem.key-needed.unknown"], headers=ASK_FOR_KEY)
    if not key.allows(scope):
        raise Problem(403, wording.format("problem.forbidden.scope", scope=scope, held=key.scope))


def holds(request: Request, scope: str) -> bool:
    """Whether the request may do what needs this scope; for pages that show only what their reader can do."""
    try:
        check(request, scope)
    except Problem:
        return False
    return True


def may_read(request: Request) -> None:
    """A dependency: this call reads."""
    check(request, "read")


def may_write(request: Request) -> None:
    """A dependency: this call changes the library."""
    check(request, "write")
