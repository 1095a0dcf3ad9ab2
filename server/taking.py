"""An answer as a file to take along, for the API, the page and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from qa.export import to_markdown
from qa.word import MIME, to_docx
from server import schemas

FileForm = Literal["docx", "markdown", "json"]
SUFFIXES: dict[str, FileForm] = {".docx": "docx", ".md": "markdown", ".json": "json"}


@dataclass(frozen=True, slots=True)
class Taken:
    """The bytes of a file, its media type and a name for it."""

    content: bytes
    media_type: str
    name: str


def take(answer: Any, form: FileForm) -> Taken:
    """The answer (`qa.answer.Answer`) in a form; JSON is the body of `POST /api/v1/ask`."""
    match form:
        case "docx":
            return Taken(to_docx(answer), MIME, "tiaowen.docx")
        case "markdown":
            return Taken(to_markdown(answer).encode(), "text/markdown; charset=utf-8", "tiaowen.md")
        case "json":
            body = schemas.AskResponse.model_validate(answer).model_dump_json(indent=2)
            return Taken(body.encode(), "application/json", "tiaowen.json")
