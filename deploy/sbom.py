"""What an installation is made of: `make sbom`.

Writes build/sbom.json (CycloneDX 1.5: every package that Tiaowen needs, with version, licence and the digest of what is
installed) and docs/licences.md.  Read from the environment it runs in, so it says what is really there.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def needed(names: Iterable[str]) -> dict[str, Distribution]:
    """Packages and what they need to run here, by normalized name."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        key = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if key in found:
            continue
        try:
            found[key] = distribution(wanted.name)
        except PackageNotFoundError:
            continue
        for line in found[key].requires or ():
            needs = Requirement(line)
            extras = wanted.extras or {""}
            environment = {key: str(value) for key, value in default_environment().items()}
            if needs.marker is None or any(needs.marker.evaluate({**environment, "extra": e}) for e in extras):
                waiting.append(needs)
    return found


def licence(package: Distribution) -> str:
    """As the package states it: an SPDX expression, its classifiers, or the first line of its own words."""
    meta = package.metadata
    stated = [
        value.rsplit(" :: ", 1)[-1] for value in meta.get_all("Classifier") or () if value.startswith("License ::")
    ]
    words = (meta.get("License") or "").strip().splitlines()
    return meta.get("License-Expression") or ", ".join(stated) or (words[0][:60] if words else "not stated")


def digest(package: Distribution) -> str:
    """Over the list of installed files, which has the hash of each."""
    return hashlib.sha256((package.read_text("RECORD") or "").encode()).hexdigest()


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = dict(sorted(needed(project["dependencies"]).items()))
    components = [
        {
            "type": "library",
            "name": name,
            "version": found.version,
            "purl": f"pkg:pypi/{name}@{found.version}",
            "licenses": [{"license": {"name": licence(found)}}],
            "properties": [{"name": "tiaowen:record-sha256", "value": digest(found)}],
        }
        for name, found in packages.items()
    ]
    own = {"type": "application", "name": "tiaowen", "version": project["version"]}
    body = {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"component": own}, "components": components}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "sbom.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    title = "# Licences of what Tiaowen needs to run"
    lines = [title, "", "Written by `make sbom`.", "", "| package | licence |", "|---|---|"]
    lines += [f"| {name} | {licence(found)} |" for name, found in packages.items()]
    (ROOT / "docs" / "licences.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
