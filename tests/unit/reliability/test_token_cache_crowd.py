# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twenty whole tasks at once, each a process of its own, against one simulator over real sockets."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _runner
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import system_clock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import ansible_arguments, call_main

# The simulator is no part of the collection: it is imported from tests/, as `python -m simulator` does.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulator import seed, server
from simulator.settings import Settings

TASKS = 20
PATIENCE = 60.0
# Of whatever works; each task is a process, so they meet only in the cache and at the service.
FORKED = multiprocessing.get_context("fork")


def task(home: Path, address: t.Any, start: t.Any, number: int) -> None:
    """What one module's process does; it leaves its result."""
    address.wait(PATIENCE)
    url = (home / "address").read_text(encoding="utf-8")
    options = {
        "username": seed.USER_NAME,
        "password": seed.USERS[seed.USER_NAME].password,
        "domain_name": seed.DOMAIN_NAME,
        "auth_url": url,
        "region": seed.REGION,
        "name": f"policy-{number}",
        **ansible_arguments(check_mode=False, diff=False),
    }
    environ = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PATH": os.defpath}
    start.wait(PATIENCE)
    with mock.patch.dict(os.environ, environ, clear=True), mock.patch.object(_runner, "system_clock", system_clock):
        text, _status = call_main("vbs_policy_info", options)
    (home / f"result-{number}").write_text(text, encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def crowd(home: Path) -> Iterator[t.Callable[[], list[dict[str, t.Any]]]]:
    """Runs the tasks and gives their results; they are forked before the simulator's thread is there."""
    address, start = FORKED.Event(), FORKED.Barrier(TASKS)
    running = [FORKED.Process(target=task, args=(home, address, start, number)) for number in range(TASKS)]
    for process in running:
        process.start()

    def run() -> list[dict[str, t.Any]]:
        address.set()
        for process in running:
            process.join(PATIENCE)
        assert [process.exitcode for process in running] == [0] * TASKS
        return [json.loads((home / f"result-{number}").read_text(encoding="utf-8")) for number in range(TASKS)]

    yield run
    for process in running:
        if process.is_alive():
            process.kill()


@pytest.fixture
def simulator(crowd: t.Any, home: Path) -> Iterator[server.Handle]:
    handle = server.start(Settings(), volumes=1)
    (home / "address").write_text(handle.url, encoding="utf-8")
    yield handle
    handle.stop()


def sign_ins(simulator: server.Handle) -> int:
    """How often anybody signed in."""
    log = t.cast("dict[str, t.Any]", simulator.control("GET", "/requests"))["requests"]
    return len([row for row in log if row["path"] == "/v3/auth/tokens"])


def names(home: Path) -> list[str]:
    """The kinds of files that are left, and that each is private."""
    folder = home / "run/huaweicloud.backup"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in (home / "run").iterdir()) == ["huaweicloud.backup"]
    return sorted(path.suffix or path.name for path in folder.iterdir())


def test_twenty_tasks_at_once_sign_in_once_and_all_succeed(crowd: t.Any, simulator: server.Handle, home: Path) -> None:
    results = crowd()
    assert [result.get("msg") for result in results] == [None] * TASKS
    assert sign_ins(simulator) == 1
    assert names(home) == [".json", ".lock", "salt"]


def test_twenty_tasks_with_a_token_that_was_revoked_sign_in_once_more(
    crowd: t.Any, simulator: server.Handle, home: Path
) -> None:
    # A token that is in the cache, and dead at the service before its time.
    address, start = FORKED.Event(), FORKED.Barrier(1)
    address.set()
    task(home, address, start, TASKS)
    simulator.control("POST", "/tokens/expire", {"revoke": True})
    results = crowd()
    assert [result.get("msg") for result in results] == [None] * TASKS
    assert sign_ins(simulator) == 2
    assert names(home) == [".json", ".lock", "salt"]


def test_twenty_tasks_that_find_half_an_entry_sign_in_once(crowd: t.Any, simulator: server.Handle, home: Path) -> None:
    address, start = FORKED.Event(), FORKED.Barrier(1)
    address.set()
    task(home, address, start, TASKS)
    (entry,) = (home / "run/huaweicloud.backup").glob("*.json")
    entry.write_bytes(entry.read_bytes()[:100])
    results = crowd()
    assert [result.get("msg") for result in results] == [None] * TASKS
    assert sign_ins(simulator) == 2
    assert names(home) == [".json", ".lock", "salt"]
    assert json.loads(entry.read_bytes())["project_id"] == seed.PROJECT_ID
