"""A live server seen as the two functions that are measured, over nothing but its public HTTP contract.

Its documents are read back through the API as well, so gold anchors are found, and citations checked, in what
that server serves. The canonical text is put together from the clauses: what stands between them is not
served and stays blank, which an anchor or a citation never needs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from corpus.errors import TiaowenError

_TIMEOUT_S = 60
_TRIES = 5
_LONGEST_WAIT_S = 60.0
MOST = 50
"""The most clauses that the contract lets one search ask for."""


@dataclass(frozen=True, slots=True)
class ServedClause:
    """A clause as `/api/v1/documents/{id}` gives it."""

    clause_id: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ServedDocument:
    """A document put together from its served clauses; blanks where no clause stands."""

    text: str
    region: str | None
    clauses: Sequence[ServedClause]


class LiveServer:
    """The server at `url`. Raises TiaowenError where it cannot be reached or answers with an error."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise TiaowenError(f"{url!r} is no address of a server; expected one such as http://127.0.0.1:8000.")
        self._opener = _opener(urlsplit(self.url).hostname or "")
        self._documents: dict[str, ServedDocument | None] = {}
        self._waited_s = 0.0

    def clock(self) -> float:
        """Seconds that pass only while the server works: what its rate limit made us wait is left out."""
        return perf_counter() - self._waited_s

    def health(self) -> dict[str, Any]:
        """The body of `/healthz`: generation, encoder and backend of the index that answers."""
        return self._get("/healthz")

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        """Ranked clauses with scores, at most 50: what one search of the contract gives."""
        body = self._get("/api/v1/search?" + urlencode({"q": text, "k": min(k, MOST)}))
        return [(hit["clause_id"], hit["score"]) for hit in body["hits"]]

    def ask(self, text: str) -> Mapping[str, Any]:
        """The body of `POST /api/v1/ask`."""
        data = json.dumps({"question": text}).encode()
        return self._send(Request(f"{self.url}/api/v1/ask", data, {"Content-Type": "application/json"}))

    def document(self, document_id: str) -> ServedDocument | None:
        """A document of the server, None where it has none of that id; each is fetched once."""
        if document_id not in self._documents:
            try:
                body = self._get(f"/api/v1/documents/{quote(document_id, safe='')}")
            except _Missing:
                self._documents[document_id] = None
            else:
                self._documents[document_id] = _assemble(body)
        return self._documents[document_id]

    def text_of(self, document_id: str) -> str | None:
        document = self.document(document_id)
        return document.text if document else None

    def region_of(self, document_id: str) -> str | None:
        document = self.document(document_id)
        return document.region if document else None

    def clause_of(self, clause_id: str) -> tuple[str, str] | None:
        """The label and the text of a clause."""
        document = self.document(clause_id.partition("/")[0])
        for clause in document.clauses if document else ():
            if document and clause.clause_id == clause_id:
                return clause.label, document.text[clause.start : clause.end]
        return None

    def _get(self, path: str) -> dict[str, Any]:
        return self._send(Request(self.url + path))

    def _send(self, request: Request) -> dict[str, Any]:
        for _ in range(_TRIES):
            try:
                with self._opener.open(request, timeout=_TIMEOUT_S) as response:
                    body: dict[str, Any] = json.load(response)
                    return body
            except HTTPError as error:
                with error:
                    self._wait_or_raise(request, error)
            except (URLError, TimeoutError, ConnectionError) as error:
                reason = getattr(error, "reason", error)
                raise TiaowenError(
                    f"No server answers at {self.url} ({reason}); start one with `tiaowen serve`."
                ) from error
            except json.JSONDecodeError as error:
                raise TiaowenError(f"{request.full_url} did not answer in JSON; is it a Tiaowen server?") from error
        raise TiaowenError(f"{self.url} still limits our requests after {_TRIES} waits; raise its limit.")

    def _wait_or_raise(self, request: Request, error: HTTPError) -> None:
        """Wait as long as a rate limit says; any other error status is an error."""
        if error.code == 429:
            asked = error.headers.get("Retry-After", "")
            begun = perf_counter()
            sleep(min(float(asked) if asked.isdigit() else 1.0, _LONGEST_WAIT_S))
            self._waited_s += perf_counter() - begun
            return
        if error.code == 404:
            raise _Missing(f"{request.full_url} is not there (404).") from error
        detail = error.read(500).decode(errors="replace").strip()
        raise TiaowenError(f"{request.full_url} answered {error.code}: {detail}") from error


class _Missing(TiaowenError):
    """The server has no such thing."""


def _assemble(body: Mapping[str, Any]) -> ServedDocument:
    clauses = [
        ServedClause(each["clause_id"], each["label"], each["source"]["start"], each["source"]["end"])
        for each in body["clauses"]
    ]
    text = [" "] * max((clause.end for clause in clauses), default=0)
    for clause, each in zip(clauses, body["clauses"], strict=True):
        text[clause.start : clause.end] = each["text"]
    return ServedDocument("".join(text), body["region"], clauses)


def _opener(host: str) -> OpenerDirector:
    """Requests to this machine go straight to it, whatever proxy the environment names for the rest of
    the world.
    """
    here = host in ("localhost", "::1") or host.startswith("127.")
    return build_opener(ProxyHandler({})) if here else build_opener()
