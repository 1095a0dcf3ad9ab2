"""Options that many commands take, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="TIAOWEN_HOME", help="Library folder.", file_okay=False, show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the body of the HTTP contract as JSON.")]
Limit = Annotated[int, typer.Option("-k", "--k", min=1, max=50, help="At most so many clauses.")]
