"""The `/docs` page's view of the OpenAPI schema: one entry per call, with fields, an example and the
answer's fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: list[Field]
    body: list[Field]
    curl: str
    status: str
    answer: list[Field]


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """A type in a few words: `string`, `[Citation]`, `string | null`."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1]).removesuffix("Body")
    if "anyOf" in schema:
        return " | ".join(_kind(part, root) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), root)}]"
    return str(schema.get("type", "any"))


def _fields(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[Field]:
    found = _resolve(schema, root)
    required = found.get("required", [])
    return [
        Field(name, _kind(part, root), name in required, str(part.get("description", "")))
        for name, part in found.get("properties", {}).items()
    ]


def _curl(method: str, path: str, operation: Mapping[str, Any], base: str, body: Any) -> str:
    def examples_of(parameter: Mapping[str, Any]) -> list[str]:
        """The values to show: one, or all of a list where the parameter is given several times."""
        examples = parameter.get("schema", {}).get("examples") or parameter.get("examples") or []
        first = examples[0] if examples else []
        return [str(value) for value in (first if isinstance(first, list) else [first])]

    query = []
    for parameter in operation.get("parameters", []):
        for example in examples_of(parameter):
            if parameter["in"] == "path":
                path = re.sub(r"\{" + parameter["name"] + r"(:path)?\}", quote(example), path)
            elif parameter["in"] == "query":
                query.append(f"{parameter['name']}={quote(example)}")
    if "{" in path:
        return ""
    address = f"{base}{path}" + (f"?{'&'.join(query)}" if query else "")
    if method == "GET":
        return f"curl '{address}'"
    if body is None:
        return f"curl -X {method} '{address}'"
    data = json.dumps(body, ensure_ascii=False)
    return f"curl '{address}' -H 'content-type: application/json' \\\n  -d '{data}'"


def describe_calls(schema: Mapping[str, Any], base: str) -> list[Call]:
    """Every call of an OpenAPI description, in its order; `base` is the address that the examples begin
    with.
    """
    calls = []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema") or next(
                (part.get("schema") for part in content.values()), None
            )
            examples = _resolve(body, schema).get("examples", [None]) if body else [None]
            status = next((code for code in operation["responses"] if code.startswith("2")), "200")
            answer = operation["responses"].get(status, {}).get("content", {}).get("application/json", {})
            is_json = "application/json" in content or not content
            calls.append(
                Call(
                    method=method.upper(),
                    path=path,
                    anchor=re.sub(r"[^a-z0-9]+", "-", f"{method}-{path}".lower()).strip("-"),
                    summary=operation.get("summary", ""),
                    description=operation.get("description", ""),
                    parameters=[
                        Field(
                            parameter["name"],
                            _kind(parameter.get("schema", {}), schema),
                            bool(parameter.get("required")),
                            str(parameter.get("description") or parameter.get("schema", {}).get("description", "")),
                        )
                        for parameter in operation.get("parameters", [])
                    ],
                    body=_fields(body, schema) if body else [],
                    curl=_curl(method.upper(), path, operation, base, examples[0]) if is_json else "",
                    status=status,
                    answer=_fields(answer.get("schema", {}), schema),
                )
            )
    return calls
