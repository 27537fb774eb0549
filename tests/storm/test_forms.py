"""What the short and the long form of a storm have in common: neither says that it ran when it did not."""

from __future__ import annotations

import ast
from pathlib import Path


def test_a_form_that_did_not_run_is_skipped_and_does_not_count_as_passed() -> None:
    silent = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(__file__).parent.glob("test_*.py"))
        for test in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_")
        for node in ast.walk(test)
        if isinstance(node, ast.If) and "at_length" in ast.unparse(node.test)
        if any(isinstance(one, ast.Return) for one in node.body)
    ]
    assert silent == []
