"""The style sheet, the script and the seal, with their hashes in their addresses so that browsers may keep
them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class StaticFolder(StaticFiles):
    """Files of one folder; `url` names one by its content, and an address with `?v=` never changes its
    content.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self._hashes = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            for path in sorted(folder.iterdir())
            if path.is_file()
        }

    def url(self, name: str) -> str:
        """The address of a file in its present form."""
        return f"/static/{name}?v={self._hashes[name]}"

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response
