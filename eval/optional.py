"""Packages that only some measurements need: imported where they are used, and missed in one helpful
sentence.
"""

from importlib import import_module
from typing import Any

from corpus.errors import TiaowenError


class MissingPackage(TiaowenError):
    """A package of an extra is not installed."""


def need(module: str, extra: str) -> Any:
    """The module. MissingPackage names the extra of this project that brings it."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise MissingPackage(
            f"The package {package} is not installed ({error}); run `pip install tiaowen[{extra}]`."
        ) from error
