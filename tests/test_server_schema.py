"""The whole OpenAPI description, tried by generated requests: no 5xx, and every answer is as described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes_server import FakeIndex, FakeLibrary, fake_ask, fake_search
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from test_server_changes import InMemoryChanges

from server.app import create_app
from server.service import Service
from server.settings import Settings

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")


def described(home: Path) -> Any:
    """The description of a server over the fakes, changes included."""
    service = Service(FakeLibrary(), FakeIndex, ask=fake_ask, search=fake_search)
    chosen = Settings(home=home, requests_per_minute=0, allowed_hosts=("*",))
    app = create_app(service, chosen, changes=InMemoryChanges())
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_generated_requests_get_described_answers(tmp_path: Path) -> None:
    """Valid and invalid requests for each call: status, type and body of each answer stand in the description."""
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    tried = []
    for found in described(tmp_path).get_all_operations():
        operation = found.ok()
        tried.append(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            cases = operation.as_strategy(generation_mode=mode)

            @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=cases)
            def try_one(case: Any) -> None:
                case.call_and_validate(checks=checks)

            try:
                try_one()
            except Unsatisfiable:  # a call without parameters has nothing to get wrong
                assert mode is GenerationMode.NEGATIVE
    assert len(tried) >= 17
