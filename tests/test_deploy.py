"""What deploy/ promises, read from its files: not root, by digest, whole, no secret, limits, a way to ask for its health."""

from __future__ import annotations

import json
import re
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from setuptools import find_packages

from bot.app.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8")
LINES = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"][
    "firstline"
]
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").splitlines()


def steps(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


def test_the_image_is_built_from_one_base_named_by_its_digest() -> None:
    (base,) = steps("ARG")
    assert re.fullmatch(r"BASE=[\w.:/-]+@sha256:[0-9a-f]{64}", base)
    assert [line.split()[0] for line in steps("FROM")] == ["${BASE}", "${BASE}"]


def test_every_package_of_the_product_is_in_the_image_and_what_it_is_built_with() -> None:
    copied = {line.split()[0] for line in steps("COPY") if not line.startswith("--from")}
    packages = {
        name.partition(".")[0] for name in find_packages(str(ROOT), include=["bot*", "handlers*", "sandbox*"])
    }
    assert packages <= copied
    assert {"requirements.lock", "pyproject.toml", "README.md"} <= {
        name for line in steps("COPY") for name in line.split()
    }


def test_the_builder_is_given_what_is_copied_and_nothing_else() -> None:
    copied = {name for line in steps("COPY") if not line.startswith("--from") for name in line.split()[:-1]}
    assert IGNORED[1] == "*"
    assert {line.removeprefix("!") for line in IGNORED if line.startswith("!")} == copied


def test_dependencies_are_installed_by_their_hashes() -> None:
    installs = [line for line in steps("RUN") if "pip install" in line]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]


def test_the_process_is_not_root_and_has_no_shell() -> None:
    assert steps("USER") == ["10001:10001"]
    assert LINES.index("USER 10001:10001") > max(
        LINES.index(line) for line in LINES if line.startswith("RUN")
    )
    assert any("--uid 10001" in line and "nologin" in line for line in steps("RUN"))


def test_no_secret_is_in_the_image() -> None:
    assert not re.search(r"TOKEN|PASSWORD|SECRET|\.env", DOCKERFILE)
    assert not [line for line in LINES if line.startswith("ADD")]


@pytest.mark.parametrize("step", ["HEALTHCHECK", "CMD"])
def test_commands_are_commands_of_firstline_in_the_form_without_a_shell(step: str) -> None:
    said = json.loads(steps(step)[0][steps(step)[0].index("[") :])
    assert said[0] == "firstline"
    assert said[1] in COMMANDS


def test_the_container_has_limits_and_can_write_only_its_data() -> None:
    assert COMPOSE["read_only"] is True
    assert COMPOSE["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in COMPOSE["security_opt"]
    assert {"mem_limit", "pids_limit", "cpus", "stop_grace_period"} <= set(COMPOSE)
    assert {"max-size", "max-file"} <= set(COMPOSE["logging"]["options"])
    assert "ports" not in COMPOSE
    writable = [volume for volume in COMPOSE["volumes"] if not volume.endswith(":ro")]
    assert writable == ["data:/data"]
    files = [
        volume.split(":")[0].removeprefix("../") for volume in COMPOSE["volumes"] if volume.endswith(":ro")
    ]
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_the_unit_is_confined() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy/firstline.service")
    service = dict(unit["Service"])
    yes = """ProtectHome PrivateTmp PrivateDevices ProtectKernelTunables ProtectKernelModules ProtectKernelLogs
        ProtectControlGroups ProtectClock ProtectHostname RestrictNamespaces RestrictRealtime RestrictSUIDSGID
        LockPersonality NoNewPrivileges MemoryDenyWriteExecute"""
    assert [name for name in yes.split() if service.get(name) != "yes"] == []
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert {"MemoryMax", "TasksMax", "SystemCallFilter", "UMask"} <= set(service)
    assert service["RestartPreventExitStatus"] == "2"
