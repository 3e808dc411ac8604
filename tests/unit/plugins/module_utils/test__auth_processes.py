# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twenty tasks that start at the same moment sign in once (contract §1)."""

from __future__ import annotations

import multiprocessing
import os
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _auth_password
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_password import Password
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import SignIn
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache

TASKS = 20
USER = Identity(username="deployer", password="canary-pw", domain_name="acct1")
# The machine's own time, because these are real processes; only the lock's pause is cut short.
CLOCK = Clock(time.monotonic, time.time, lambda _seconds: time.sleep(0.002), lambda: 0.0)


def task(folder: Path, start: t.Any, number: int) -> None:
    """What one module's process does; it notes the token that it got."""
    start.wait(30)
    cache = TokenCache(folder / "cache", CLOCK)
    auth = Password(t.cast("t.Any", None), "https://iam/v3", USER, "p", cache=cache, keep_secret=lambda _secret: None)
    token = t.cast("t.Any", auth.sign()).token
    (folder / f"got-{number}").write_text(token, encoding="utf-8")


def run_at_once(folder: Path) -> list[str]:
    """The tokens that the tasks got, each in a process of its own."""
    processes = multiprocessing.get_context("fork")
    start = processes.Barrier(TASKS)
    running = [processes.Process(target=task, args=(folder, start, number)) for number in range(TASKS)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * TASKS
    return [(folder / f"got-{number}").read_text(encoding="utf-8") for number in range(TASKS)]


@pytest.fixture
def sign_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sign-in that takes its time and leaves one line for each."""
    log = tmp_path / "sign-ins"

    def slow(*_given: t.Any) -> SignIn:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(0.02)
        return SignIn(f"token-{os.getpid()}", time.time() + 3600, "p", None)

    monkeypatch.setattr(_auth_password, "sign_in", slow)
    (tmp_path / "cache").mkdir(mode=0o700)
    return log


def test_twenty_processes_at_once_sign_in_once(tmp_path: Path, sign_ins: Path) -> None:
    tokens = run_at_once(tmp_path)
    assert len(sign_ins.read_text(encoding="utf-8").splitlines()) == 1
    assert len(set(tokens)) == 1


def test_twenty_processes_with_a_dead_token_sign_in_once(tmp_path: Path, sign_ins: Path) -> None:
    cache = TokenCache(tmp_path / "cache", CLOCK)
    auth = Password(t.cast("t.Any", None), "https://iam/v3", USER, "p", cache=cache, keep_secret=lambda _secret: None)
    auth.sign()
    sign_ins.unlink()
    (file,) = (tmp_path / "cache").glob("*.json")
    file.write_text('{"token": "old", "project_id": "p", "expires_at": 1}', encoding="utf-8")
    (token,) = set(run_at_once(tmp_path))
    assert token != "old"
    assert len(sign_ins.read_text(encoding="utf-8").splitlines()) == 1
