"""The examples in the docstrings of `qa` are true."""

import doctest
import importlib
import pkgutil

import pytest

import qa


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(qa.__path__)])
def test_examples(name: str) -> None:
    """Every example of the module gives what it says."""
    assert doctest.testmod(importlib.import_module(f"qa.{name}")).failed == 0
