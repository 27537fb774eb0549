"""The audit of the pinned packages says what was asked, and when nothing was."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.audit import LOCKS, RECORD, ROOT, audit, pinned, read

TODAY = date(2026, 11, 30)
NOWHERE = "http://127.0.0.1:9/v1/querybatch"
IMAGE = f"python:3.12-slim@sha256:{'0' * 64}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two pinned packages that was never audited."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/Dockerfile").write_text(f"# a comment\nARG BASE={IMAGE}\nFROM ${{BASE}}\n")
    (tmp_path / "requirements.lock").write_text("one==1.0 \\\n    --hash=sha256:00\n    # via two==9\n")
    (tmp_path / "requirements-dev.lock").write_text("one==1.0 \\\n    --hash=sha256:00\ntwo-b==2.0\n")
    noted(tmp_path)
    return tmp_path


def noted(root: Path, **values: object) -> None:
    (root / "deploy/audit.json").write_text(json.dumps(values))


@contextmanager
def service(answer: Mapping[str, list[str]] | str) -> Iterator[tuple[str, list[Any]]]:
    """An advisory service that knows these ids by package, and what it was asked."""
    asked: list[Any] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            asked.extend(queries)
            body = (
                answer
                if isinstance(answer, str)
                else json.dumps({"results": [known(one) for one in queries]})
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    def known(query: Mapping[str, Any]) -> dict[str, object]:
        ids = answer.get(query["package"]["name"]) if isinstance(answer, Mapping) else None
        return {"vulns": [{"id": one, "modified": ""} for one in ids]} if ids else {}

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/querybatch", asked
        server.shutdown()
        thread.join()


def test_every_pinned_version_is_asked_about(root: Path) -> None:
    with service({}) as (address, asked):
        said, code = audit(root, TODAY, address)
    assert (said[0], code) == ("Audited now: 2 packages.", 0)
    assert [(one["package"]["name"], one["package"]["ecosystem"], one["version"]) for one in asked] == [
        ("one", "PyPI", "1.0"),
        ("two-b", "PyPI", "2.0"),
    ]


def test_a_vulnerable_version_fails_until_a_reason_says_that_it_does_no_harm(root: Path) -> None:
    with service({"two-b": ["PYSEC-1", "GHSA-2"]}) as (address, _):
        said, code = audit(root, TODAY, address)
        assert [line for line in said if line.startswith("VULNERABLE")] == [
            "VULNERABLE: two-b 2.0: GHSA-2",
            "VULNERABLE: two-b 2.0: PYSEC-1",
        ]
        assert code == 1
        noted(root, accepted={"PYSEC-1": "only on Windows", "GHSA-2": "the function is not called"})
        assert audit(root, TODAY, address)[1] == 0


@pytest.mark.parametrize("answer", [None, "<html>", '{"results": []}', '{"results": [1, 2]}'])
def test_without_an_answer_it_says_that_nothing_was_audited(root: Path, answer: str | None) -> None:
    noted(root, note="No way out.")
    if answer is None:
        said, code = audit(root, TODAY, NOWHERE)
    else:
        with service(answer) as (address, _):
            said, code = audit(root, TODAY, address)
    assert said[0].startswith("NOT AUDITED NOW")
    assert said[1] == "No version in the lock files was ever audited. No way out."
    assert code == 0
    assert not any("Audited now" in line for line in said)


def test_what_was_heard_is_noted_and_counts_for_the_same_versions_alone(root: Path) -> None:
    with service({"one": ["PYSEC-1"]}) as (address, _):
        audit(root, date(2026, 11, 1), address, write=True)
    said, code = audit(root, TODAY, NOWHERE)
    assert said[1].startswith("Not audited since 2026-11-01 (29 days; http://127.0.0.1")
    assert "2 of 2 packages" in said[1]
    assert said[2] == "VULNERABLE: one 1.0: PYSEC-1"
    assert code == 1
    (root / "requirements.lock").write_text("one==1.1\n")
    (root / "requirements-dev.lock").write_text("one==1.1\ntwo-b==2.0\n")
    said, code = audit(root, TODAY, NOWHERE)
    assert "1 of 2 packages" in said[1]
    assert code == 0


def test_a_digest_counts_as_verified_for_the_image_it_was_verified_for(root: Path) -> None:
    assert audit(root, TODAY, NOWHERE)[0][-1].startswith("NOT VERIFIED")
    noted(root, base=IMAGE, base_on="2026-11-02")
    assert audit(root, TODAY, NOWHERE)[0][-1].endswith("on 2026-11-02.")
    noted(root, base=IMAGE.replace("0", "1"), base_on="2026-11-02")
    assert audit(root, TODAY, NOWHERE)[0][-1].startswith("NOT VERIFIED")


def test_the_committed_record_is_true_to_its_form_and_every_lock_is_read() -> None:
    record = read(RECORD.read_text("utf-8"))
    assert (record.audited_on is None) == (record.pins == {})
    assert record.audited_on is not None or record.note
    pins = pinned(*((ROOT / lock).read_text("utf-8") for lock in LOCKS))
    assert {"aiogram", "pytest", "setuptools"} <= set(pins)
    assert len(pins) > 80
