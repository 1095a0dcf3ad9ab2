"""`tiaowen key`: make, list and revoke the keys that let others change this library over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from server import console
from server.console import print_json, remark, resolve_home, told_in_one_line
from server.options import AsJson, Home

key_commands = typer.Typer(help="Keys for changing the library over HTTP.", no_args_is_help=True)


@key_commands.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="Whose key it is.")],
    scope: Annotated[str, typer.Option(help="read, write or admin; each includes those before.")] = "write",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a key; it is shown this once and kept only as a hash."""
    from server.keys import KeyRing

    with told_in_one_line():
        key, secret = KeyRing(resolve_home(home)).create(name, scope)
    if as_json:
        print_json({"key_id": key.key_id, "name": key.name, "scope": key.scope, "key": secret})
    else:
        print(secret)
        remark(f"密钥 {key.key_id}（{key.name}，{key.scope}）只显示这一次，请妥善保存。")


@key_commands.command("list")
def list_keys(as_json: AsJson = False, home: Home = None) -> None:
    """The keys in force, without their secrets."""
    from server.keys import KeyRing

    with told_in_one_line():
        keys = KeyRing(resolve_home(home)).keys()
    rows = [{"key_id": key.key_id, "name": key.name, "scope": key.scope, "created": key.created} for key in keys]
    if as_json:
        print_json({"keys": rows})
    else:
        for row in rows:
            console.results().print(*row.values(), markup=False)


@key_commands.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="As `tiaowen key list` shows it.")], home: Home = None
) -> None:
    """Take a key out of force; a running server notices at once."""
    from server.keys import KeyRing

    with told_in_one_line():
        KeyRing(resolve_home(home)).revoke(key_id)
    remark(f"密钥 {key_id} 已撤销。")
