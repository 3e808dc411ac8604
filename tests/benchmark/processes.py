# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules and plays as processes of their own, in an environment that has nothing of the user's, and what they took."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import paths
from tools.environment import clean_environment
from tools.module_process import run_alone

JsonObject = dict[str, Any]

HERE = Path(__file__).parent
ANSIBLE_PLAYBOOK = str(paths.BIN / "ansible-playbook")
MOST_SECONDS = 900.0
"""So long a process may take before something must be wrong."""

KEYS = ("HW_PROJECT_ID", "HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_VBS_ENDPOINT", "HW_CSBS_ENDPOINT", "HW_EVS_ENDPOINT")
PASSWORD = ("HW_PROJECT_NAME", "HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME")
COMMON = ("HW_AUTH_URL", "HW_REGION_NAME")


class BenchError(Exception):
    """Something could not be measured; the text says why."""


@dataclass(frozen=True)
class Ended:
    """A module's result, the seconds from its start to its end, and the most memory that it had, in MB."""

    result: JsonObject
    seconds: float
    megabytes: float


def variables(exports: Mapping[str, str], names: Sequence[str], home: Path) -> dict[str, str]:
    """The clean environment with one way of signing in, and a home with nothing in it but what modules leave there."""
    home.mkdir(parents=True, exist_ok=True)
    signed_in = {name: exports[name] for name in (*COMMON, *names)}
    return clean_environment({"HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), **signed_in})


def run_module(module: str, options: Mapping[str, Any], env: Mapping[str, str]) -> Ended:
    """Run one of the collection's modules alone, as Ansible does on the target.

    :raises BenchError: it failed.
    """
    begin = time.monotonic()
    try:
        done = run_alone(
            module,
            options,
            env={**env, "PYTHONPATH": str(paths.TREE_ROOT)},
            folder=Path(env["HOME"]),
            timeout=MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"{module} did not end within {MOST_SECONDS:.0f} s") from None
    seconds = time.monotonic() - begin
    try:
        result = json.loads(done.stdout)
    except ValueError:
        result = {"failed": True, "msg": done.stdout[-500:] + done.stderr[-500:]}
    if not done.megabytes or done.status or result.get("failed"):
        raise BenchError(f"{module} failed: {result.get('msg')}")
    return Ended(result, seconds, done.megabytes)


def run_play(tasks: Sequence[JsonObject], env: Mapping[str, str], directory: Path) -> list[tuple[str, float]]:
    """Run tasks by ansible-playbook: the name of each with the seconds from its start to its last result.

    :raises BenchError: the play failed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    play, times = directory / "play.yml", directory / "times.jsonl"
    times.unlink(missing_ok=True)
    content = [{"name": "Benchmark", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]
    play.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    # The defaults of Ansible are what users have, so only what must be found is said.
    extra = {
        "ANSIBLE_CALLBACKS_ENABLED": "task_times",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LIBRARY": str(HERE / "library"),
        "ANSIBLE_NOCOLOR": "true",
        # Its default is below the user's home as the system knows it, whatever HOME says.
        "ANSIBLE_REMOTE_TEMP": str(directory / "remote"),
        "BENCHMARK_TIMES": str(times),
    }
    done = _run([ANSIBLE_PLAYBOOK, str(play)], {**env, **extra})
    (directory / "play.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise BenchError(f"the play failed ({directory / 'play.log'}): {done.stdout[-500:]}")
    lines = map(json.loads, times.read_text(encoding="utf-8").splitlines())
    return [(line["task"], line["seconds"]) for line in lines]


def _run(command: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            list(command),
            cwd=env["HOME"],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"{command[0]} did not end within {MOST_SECONDS:.0f} s") from None
