# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins ask of their module and show of it; the module's side is in test_slices.py."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

BASE = "ansible_collections.huaweicloud.backup.plugins."
PLUGINS = Path(__file__).parents[4] / "plugins"
WAITING = (
    "csbs_checkpoint",
    "vbs_backup",
    "vbs_backup_batch",
    "vbs_backup_prune",
    "vbs_job_info",
    "vbs_policy_run",
    "vbs_restore",
)
ARGS = {"volume": "data-01", "auth_url": "https://iam.example.com"}

Json = dict[str, t.Any]


def handed_over(state: str, *, what: str = "data-07 creating 40%", failed: int = 1, warnings: t.Any = ()) -> Json:
    progress = {"done": 12, "total": 60, "failed": failed, "what": what}
    return {"changed": False, "_state": state, "_progress": progress, "warnings": list(warnings)}


class Stage:
    """A task whose module gives these results; 13 seconds pass in each call."""

    def __init__(self, progress: ModuleType, monkeypatch: pytest.MonkeyPatch, *results: Json, **task: t.Any) -> None:
        self.calls: list[Json] = []
        self.lines: list[str] = []
        self.took = 13.0
        self._now = 1000.0
        self._results = list(results)
        fields = {"async_val": 0, "check_mode": False, "no_log": False, "args": ARGS, "action": "huaweicloud.backup.x"}
        shell = SimpleNamespace(tmpdir="/tmp/there")
        connection = SimpleNamespace(_shell=shell, has_native_async=False)
        nothing: t.Any = None
        self.action = progress.ProgressAction(
            SimpleNamespace(**{**fields, **task}), connection, nothing, nothing, nothing, nothing
        )
        self.removed: list[str] = []
        monkeypatch.setattr(self.action, "_execute_module", self._execute)
        monkeypatch.setattr(self.action, "_remove_tmp_path", self.removed.append)
        monkeypatch.setattr(progress.display, "display", self.lines.append)
        monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: self._now))

    def _execute(self, **how: t.Any) -> Json:
        self.calls.append(how)
        self._now += self.took
        return self._results.pop(0)

    def run(self, **task_vars: t.Any) -> Json:
        result = self.action.run(None, task_vars)
        assert not self._results
        return dict(result)


@pytest.fixture
def stage(controller: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stage]:
    return functools.partial(Stage, controller(f"{BASE}plugin_utils._progress"), monkeypatch)


def test_one_call_is_enough_for_what_ends_soon(stage: Callable[..., Stage]) -> None:
    task = stage({"changed": True, "backup": {"id": "b"}})
    assert task.run() == {"changed": True, "backup": {"id": "b"}}
    assert task.calls[0]["module_args"] == {**ARGS, "_slice": {"seconds": 8.0, "waited": 0.0, "state": None}}
    assert task.lines == []
    assert task.removed == ["/tmp/there"]


def test_each_call_goes_on_from_the_one_before_and_a_line_is_between(stage: Callable[..., Stage]) -> None:
    task = stage(handed_over("s1"), handed_over("s2", failed=0), {"changed": True, "failed": True})
    assert task.run() == {"changed": True, "failed": True}
    slices = [call["module_args"].pop("_slice") for call in task.calls]
    # It takes 5 seconds to start the module, so it waits for 9.
    assert slices == [
        {"seconds": 8.0, "waited": 0.0, "state": None},
        {"seconds": 9.0, "waited": 13.0, "state": "s1"},
        {"seconds": 10.0, "waited": 26.0, "state": "s2"},
    ]
    assert all(call["module_args"] == ARGS for call in task.calls)
    assert task.lines == [
        "[12/60 done, 1 failed, 00:13] x: data-07 creating 40%",
        "[12/60 done, 00:26] x: data-07 creating 40%",
    ]


def test_a_slow_host_still_waits_for_a_while_in_each_call(stage: Callable[..., Stage]) -> None:
    task = stage(handed_over("s1"), handed_over("s2"), {"changed": False})
    task.took = 1900.0
    task.run()
    assert [call["module_args"]["_slice"]["seconds"] for call in task.calls] == [8.0, 5.0, 5.0]
    assert task.lines[1].startswith("[12/60 done, 1 failed, 1:03:20] ")


def test_warnings_of_all_calls_are_told_once(stage: Callable[..., Stage]) -> None:
    first = handed_over("s1", warnings=["plain http", "a new one is made"])
    task = stage(first, {"changed": True, "warnings": ["plain http", "twins"]})
    assert task.run()["warnings"] == ["plain http", "a new one is made", "twins"]


def test_a_name_cannot_forge_a_line_or_make_it_endless(stage: Callable[..., Stage]) -> None:
    task = stage(handed_over("s1", what="db\nok: [all]\x1b[2J" + "x" * 500), {"changed": True})
    task.run()
    assert task.lines[0].isprintable()
    assert "db ok: [all]" in task.lines[0]
    assert len(task.lines[0]) == 120


def test_the_host_is_named_where_there_are_several(stage: Callable[..., Stage]) -> None:
    task = stage(handed_over("s1"), {"changed": True})
    task.run(inventory_hostname="web-01", ansible_play_batch=["web-01", "web-02"])
    assert task.lines == ["[12/60 done, 1 failed, 00:13] web-01: x: data-07 creating 40%"]


@pytest.mark.parametrize("how", [{"async_val": 60}, {"check_mode": True}, {"no_log": True}], ids=str)
def test_where_no_line_may_be_the_module_runs_once_as_without_the_plugin(
    stage: Callable[..., Stage], how: Json
) -> None:
    task = stage({"changed": True}, **how)
    assert task.run() == {"changed": True}
    # Newer Ansible hands on for how long it may run, older one whether it does.
    assert [{**call, "wrap_async": bool(call["wrap_async"])} for call in task.calls] == [
        {"task_vars": {}, "wrap_async": "async_val" in how}
    ]
    assert task.lines == []


@pytest.mark.parametrize("name", WAITING)
def test_every_waiting_module_has_the_plugin(controller: Callable[[str], ModuleType], name: str) -> None:
    plugin = controller(f"{BASE}action.{name}")
    assert issubclass(plugin.ActionModule, controller(f"{BASE}plugin_utils._progress").ProgressAction)


def test_no_other_module_has_it() -> None:
    waiting = {file.stem for file in (PLUGINS / "modules").glob("*.py") if "wait_interval" in file.read_text("utf-8")}
    waiting |= {file.stem for file in (PLUGINS / "modules").glob("*.py") if "backup._wait\n" in file.read_text("utf-8")}
    assert {file.stem for file in (PLUGINS / "action").glob("[!_]*.py")} == waiting == set(WAITING)
