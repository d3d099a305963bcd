"""What is kept on disk of a kernel is never older than what it rests on."""

import ast
import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import detectors
import streams.embedding
from detectors.compiled import REAL, kernel

_PLAIN = (int, float, tuple, np.ndarray, np.generic)


def kernels() -> Iterator[Any]:
    for found in chain.from_iterable(
        pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for package in (detectors, streams.embedding)
    ):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            if isinstance(each, Dispatcher) and each.py_func.__module__ == module.__name__:
                yield pytest.param(each, id=f"{module.__name__}.{each.py_func.__name__}")


def names(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield name, function.__globals__[name]


def own(module: str) -> set[str]:
    """Return what a module makes of literals alone, and its functions."""
    found = set[str]()
    for node in ast.parse(inspect.getsource(importlib.import_module(module))).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if used <= found | {"np", "math", *dir(math)}:
                found |= {
                    each.id for to in targets for each in ast.walk(to) if isinstance(each, ast.Name)
                }
    return found


@pytest.mark.parametrize("compiled", list(kernels()))
def test_a_kernel_rests_on_its_own_module_alone(compiled: Any) -> None:
    made = own(compiled.py_func.__module__)
    for name, value in names(compiled.py_func):
        library = value is np or value is math or getattr(math, name, None) is value
        assert library or (name in made and isinstance(value, (*_PLAIN, Dispatcher))), name


@pytest.mark.parametrize("compiled", list(kernels()))
def test_a_kernel_is_compiled_before_the_first_event(compiled: Any) -> None:
    assert len(compiled.signatures) == 1
    assert not compiled._can_compile


def test_what_cannot_be_kept_is_compiled_all_the_same() -> None:
    made: dict[str, Any] = {}
    exec("def twice(x): return 2.0 * x", made)  # of no file, so nothing stands beside it
    assert kernel(REAL, REAL)(made["twice"])(3.0) == 6.0
