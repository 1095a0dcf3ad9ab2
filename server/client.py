"""A small typed client of the HTTP API, for programs: standard library only, answers as the bodies of the
contract.

>>> client = Client("http://127.0.0.1:8000")
>>> client.ask("山西2020年医药主营业务收入要达到多少").answer.text  # doctest: +SKIP
'实现主营业务收入430亿元'
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from corpus.errors import TiaowenError
from server import schemas, schemas_changes

BodyT = TypeVar("BodyT", bound=schemas.Body)
Send = Callable[[str, str, Mapping[str, str], bytes | None], tuple[int, bytes]]
"""Method, address, headers and body to status and body: the seam where a test puts an app in process."""


class ApiError(TiaowenError):
    """The server refused; `problem` says what and why."""

    def __init__(self, problem: schemas.ProblemBody) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")
        self.problem = problem


class Client:
    """The API at a base address. `key` is sent with every call; a call that takes over `timeout_s` fails."""

    def __init__(
        self, base_url: str, *, key: str | None = None, timeout_s: float = 30.0, send: Send | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._key = key
        self._timeout_s = timeout_s
        self._send = send or self._send_over_network

    def health(self) -> schemas.Health:
        return self._call("GET", "/healthz", schemas.Health)

    def ask(
        self,
        question: str,
        *,
        k: int = 5,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
        previous: str | None = None,
    ) -> schemas.AskResponse:
        """An answer with its citations; `not_found` is an ordinary answer."""
        body = {
            "question": question,
            "k": k,
            "document": document,
            "region": region,
            "department": department,
            "previous": previous,
        }
        return self._call("POST", "/api/v1/ask", schemas.AskResponse, body=body)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
    ) -> schemas.SearchResponse:
        """Ranked clauses."""
        parameters = {"q": query, "k": k, "document": document, "region": region, "department": department}
        return self._call("GET", "/api/v1/search", schemas.SearchResponse, parameters)

    def documents(self, *, offset: int = 0, limit: int = 100) -> schemas.DocumentList:
        """One page of the list of documents."""
        parameters = {"offset": offset, "limit": limit}
        return self._call("GET", "/api/v1/documents", schemas.DocumentList, parameters)

    def document(self, document_id: str) -> schemas.DocumentResponse:
        return self._call("GET", f"/api/v1/documents/{quote(document_id)}", schemas.DocumentResponse)

    def clause(self, clause_id: str) -> schemas.ClauseResponse:
        return self._call("GET", f"/api/v1/clauses/{quote(clause_id)}", schemas.ClauseResponse)

    def departments(self, *, offset: int = 0, limit: int | None = None) -> schemas.DepartmentList:
        """Every department with a duty, or one page of the list."""
        parameters = {"offset": offset, "limit": limit}
        return self._call("GET", "/api/v1/departments", schemas.DepartmentList, parameters)

    def duties(
        self, department: str | None = None, *, document: str | None = None, offset: int = 0, limit: int | None = None
    ) -> schemas.DutyList:
        """Every duty of a department, or of all, or one page of the list."""
        parameters = {"department": department, "document": document, "offset": offset, "limit": limit}
        return self._call("GET", "/api/v1/duties", schemas.DutyList, parameters)

    def compare(self, topic: str, left: str, right: str) -> schemas.CompareResponse:
        """Two documents on a topic."""
        pairs = [("topic", topic), ("document", left), ("document", right)]
        return self._call("GET", f"/api/v1/compare?{urlencode(pairs)}", schemas.CompareResponse)

    def verify(self, citations: Sequence[schemas.CitationBody | schemas.CitationClaim]) -> list[schemas.Verdict]:
        """A verdict for each saved citation."""
        claims = [{"clause_id": each.clause_id, "sha256": each.sha256} for each in citations]
        for claim, each in zip(claims, citations, strict=True):
            if isinstance(each, schemas.CitationClaim) and each.quote is not None:
                claim["quote"] = each.quote
        found = self._call("POST", "/api/v1/verify", schemas.VerifyResponse, body={"citations": claims})
        return found.results

    def feedback(self, question: str, *, good: bool, clause_id: str | None = None, comment: str | None = None) -> None:
        """Say whether an answer was good."""
        body = {
            "question": question,
            "verdict": "good" if good else "bad",
            "clause_id": clause_id,
            "comment": comment,
        }
        self._call("POST", "/api/v1/feedback", schemas.FeedbackResponse, body=body)

    def preview(self, name: str, content: bytes, **known: str) -> schemas_changes.PreviewResponse:
        """What a file would become; nothing is kept. `known` as for `add`."""
        form = _form([("file", name, content)], known)
        return self._call("POST", "/api/v1/documents/preview", schemas_changes.PreviewResponse, form=form)

    def add(self, files: Mapping[str, bytes], **known: str) -> schemas_changes.JobResponse:
        """Add files by name; the job tells how far it is. `known`: title, region, issuer, doc_number, date of one."""
        form = _form([("files", name, content) for name, content in files.items()], known)
        return self._call("POST", "/api/v1/documents", schemas_changes.JobResponse, form=form)

    def remove(self, document_id: str) -> schemas_changes.JobResponse:
        """Remove a document; `restore` brings it back."""
        return self._call("DELETE", f"/api/v1/documents/{quote(document_id)}", schemas_changes.JobResponse)

    def restore(self, document_id: str) -> schemas_changes.JobResponse:
        """Bring a removed document back."""
        path = f"/api/v1/documents/{quote(document_id)}/restore"
        return self._call("POST", path, schemas_changes.JobResponse)

    def job(self, job_id: str) -> schemas_changes.JobResponse:
        """How far a job is."""
        return self._call("GET", f"/api/v1/jobs/{quote(job_id)}", schemas_changes.JobResponse)

    def finished(self, job: schemas_changes.JobResponse, *, within_s: float = 600.0) -> schemas_changes.JobResponse:
        """The job once it is done or failed. Raises TimeoutError if it is neither within that time."""
        until = time.monotonic() + within_s
        while job.state not in ("done", "failed"):
            if time.monotonic() > until:
                raise TimeoutError(f"job {job.job_id} is still {job.state} after {within_s:g} s")
            time.sleep(0.1)
            job = self.job(job.job_id)
        return job

    def _call(
        self,
        method: str,
        path: str,
        kind: type[BodyT],
        parameters: Mapping[str, object] | None = None,
        *,
        body: object = None,
        form: tuple[str, bytes] | None = None,
    ) -> BodyT:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        address = f"{self.base_url}{path}" + (f"?{urlencode(given)}" if given else "")
        headers = {"accept": "application/json"}
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._key}"
        data = None
        if form is not None:
            headers["content-type"], data = form
        if body is not None:
            headers["content-type"] = "application/json"
            data = json.dumps(body).encode()
        status, answer = self._send(method, address, headers, data)
        if status >= 400:
            raise ApiError(_problem(status, answer))
        return kind.model_validate_json(answer)

    def _send_over_network(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        # Proxies of the environment are for the outside; a server of this kind is near.
        opener = build_opener(ProxyHandler({}))
        request = Request(address, data=body, headers=dict(headers), method=method)
        try:
            with opener.open(request, timeout=self._timeout_s) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()
        except (URLError, TimeoutError, ConnectionError) as error:
            raise TiaowenError(f"{self.base_url} 连接不上（{error}）；请确认 tiaowen serve 在运行。") from error


def _form(files: Sequence[tuple[str, str, bytes]], fields: Mapping[str, str]) -> tuple[str, bytes]:
    """Content type and body of a multipart form: files by field and name, then text fields."""
    boundary = secrets.token_hex(16)
    parts = [(f'name="{field}"; filename="{_quoted(name)}"', content) for field, name, content in files]
    parts += [(f'name="{field}"', value.encode()) for field, value in fields.items()]
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def _quoted(name: str) -> str:
    """A file name inside the quotes of a form's header, as browsers write it."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _problem(status: int, answer: bytes) -> schemas.ProblemBody:
    try:
        return schemas.ProblemBody.model_validate_json(answer)
    except ValueError:
        text = answer.decode("utf-8", "replace")[:200]
        return schemas.ProblemBody(type="about:blank", title="HTTP error", status=status, detail=text)
