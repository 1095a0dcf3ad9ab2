"""Which version of a package is installed here."""

from __future__ import annotations

import importlib.metadata


def package_version(package: str) -> str:
    """The installed version; `-` where there is none."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "-"


def program_version() -> str:
    """The version of Tiaowen itself."""
    return package_version("tiaowen")
