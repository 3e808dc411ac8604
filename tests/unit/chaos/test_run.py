# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos import processes
from chaos.draw import KILL, TWO, Draw, draw
from chaos.evidence import secrets_of
from chaos.playbook import MARKER, credentials, environment, write_playbook
from chaos.processes import Ended, Process
from chaos.run import Run
from simulator import seed

FOR_EVER = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"


class State:
    """A control API that knows one state only."""

    url = "http://127.0.0.1:1"

    def __init__(self, **rows: Any) -> None:
        kinds = ("backups", "policies", "shares", "checkpoints", "jobs", "items")
        self._state = {kind: rows.get(kind, []) for kind in kinds} | {"other": {kind: [] for kind in kinds}}

    def state(self) -> dict[str, Any]:
        return self._state

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        return []

    def last_request(self) -> int:
        return 0

    def token(self) -> str:
        return "a-token"


def run_of(drawn: Draw, tmp_path: Path, **rows: Any) -> Run:
    cloud: Any = State(**rows)
    return Run(drawn, cloud, tmp_path, before=State().state())


def first(kind: str, play: str) -> Draw:
    return next(
        run for run in (draw("any", number) for number in range(200)) if (run.kind, run.play.kind) == (kind, play)
    )


def twice(drawn: Draw) -> list[dict[str, Any]]:
    ((volume, name),) = drawn.play.wanted.backups
    row = {"name": name, "volume_id": volume, "status": "available", "policy_id": None, "service_metadata": {}}
    return [{**row, "id": "aaaa"}, {**row, "id": "bbbb"}]


def test_a_play_that_does_not_end_is_killed_with_its_family_and_judged_a_hang(tmp_path, monkeypatch) -> None:
    program = tmp_path / "ansible-playbook"
    program.write_text(f"#!{sys.executable}\n{FOR_EVER}\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(processes, "ANSIBLE_PLAYBOOK", str(program))
    marker = f"test/{os.getpid()}"
    env = {**os.environ, MARKER: marker}
    ended = Process([], env, tmp_path / "log").wait(0.5)
    assert ended.hung
    assert ended.returncode < 0
    words = f"{MARKER}={marker}\0".encode()
    assert not [pid for pid in processes._processes() if words in processes._environ(pid)]
    run = run_of(draw("any", 0), tmp_path)
    run._judge_output(ended, frozenset())
    assert [promise for promise, _text in run.evidence.problems] == ["hang"]


def test_a_play_that_fails_without_a_reason_breaks_a_promise(tmp_path) -> None:
    run = run_of(draw("any", 0), tmp_path)
    run._judge_output(Ended(4, "nothing", 1.0), frozenset())
    assert [promise for promise, _text in run.evidence.problems] == ["message"]


CHANGED = 'changed: [localhost] => {"changed": true}'
UNCHANGED = 'ok: [localhost] => {"changed": false}'


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        ([CHANGED, UNCHANGED], []),
        ([CHANGED, CHANGED], ["rerun"]),
        # As another Ansible might print them: nothing that is understood, so nothing that could be seen to change.
        ([CHANGED, "CHANGED localhost"], ["harness"]),
        ([CHANGED], ["harness"]),
        ([], ["harness"]),
    ],
)
def test_the_pass_after_one_that_converged_changes_nothing_and_is_there_to_be_read(
    tmp_path, monkeypatch, lines: list[str], broken: list[str]
) -> None:
    run = run_of(first(KILL, "protect"), tmp_path)
    output = "".join(f"PLAYBOOK: again.yml ****\nTASK [The policy] ****\n{line}\n" for line in lines)
    started = []

    def start(name: str, options: dict[str, Any], times: int) -> Any:
        started.append((name, times))
        return SimpleNamespace(wait=lambda _limit: Ended(0, output, 1.0))

    monkeypatch.setattr(run, "_start", start)
    # What is in the cloud is another test's matter.
    monkeypatch.setattr(run, "_judge_state", lambda *_given, **_more: None)
    run._again()
    assert started == [("again", 2)]
    assert sorted({promise for promise, _text in run.evidence.problems}) == broken


def test_a_duplicate_breaks_a_promise(tmp_path) -> None:
    drawn = first(KILL, "native")
    run = run_of(drawn, tmp_path, backups=twice(drawn))
    run._judge_state([Ended(-9, "at the same time: aaaa, bbbb", 1.0)], converged=False)
    assert [promise for promise, _text in run.evidence.problems] == ["duplicate"]


@pytest.mark.parametrize(
    ("output", "broken"), [("at the same time: aaaa, bbbb", []), ("at the same time: aaaa", ["duplicate"])]
)
def test_of_two_plays_at_once_a_duplicate_is_a_conflict_if_both_ids_are_named(tmp_path, output, broken) -> None:
    drawn = first(TWO, "native")
    run = run_of(drawn, tmp_path, backups=twice(drawn))
    run._judge_state([Ended(0, "nothing", 1.0), Ended(0, output, 1.0)], converged=True)
    assert [promise for promise, _text in run.evidence.problems] == broken
    assert run.evidence.conflicts_named == (not broken)


def test_a_play_that_says_done_and_is_not_breaks_a_promise(tmp_path) -> None:
    run = run_of(first(KILL, "native"), tmp_path)
    run._judge_state([Ended(0, "", 1.0)], converged=True)
    assert [promise for promise, _text in run.evidence.problems] == ["state"]


@pytest.mark.parametrize("in_options", [True, False])
def test_the_sign_in_is_either_in_the_play_or_in_the_environment(tmp_path, in_options: bool) -> None:
    drawn = next(run for run in (draw("any", number) for number in range(99)) if run.sign_in.in_options is in_options)
    signed_in = credentials(drawn, "http://127.0.0.1:1", "a-token")
    write_playbook(drawn, drawn.options, signed_in, tmp_path / "play.yml")
    env = environment(drawn, signed_in, "http://127.0.0.1:1", tmp_path, "marker")
    (secret,) = secrets_of(signed_in)
    assert secret in (seed.SECRET_KEY, seed.PASSWORD, "a-token")
    assert (secret in (tmp_path / "play.yml").read_text(encoding="utf-8")) is in_options
    assert (secret in env.values()) is not in_options


def test_the_cached_token_is_a_secret_too(tmp_path) -> None:
    folder = tmp_path / ".cache" / "huaweicloud.backup"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text('{"token": "cached"}', encoding="utf-8")
    assert secrets_of({}, home=tmp_path) == {"cached"}
