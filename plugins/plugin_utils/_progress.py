# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line of progress at least every 15 seconds while a module waits.

The module itself waits, where the task runs, for a few seconds at a time (module_utils/_slices.py). This only calls it
again with what it gave back, and shows a line in between.
"""

from __future__ import annotations

import time
import typing as t
from collections.abc import Mapping

from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as PlainAction
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable

# A line comes this often, with the time that it takes to start the module; a slow host's calls wait for less.
_INTERVAL = 14.0
_SHORTEST, _LONGEST_CALL = 5.0, 12.0
# How long the first call takes to start, before that is known.
_START = 6.0
# Of a line.
_LONGEST = 120
_TOLD_ONCE = ("warnings", "deprecations")

Result = dict[str, t.Any]

display = Display()


class ProgressAction(PlainAction):
    """Runs the module of the same name, in several calls where it waits for long.

    The module decides whether it hands over: it does not with C(progress) or C(wait) false, and then runs once.
    """

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> Result:
        """Run it as Ansible itself would where no line may be shown, else in slices."""
        task = self._task
        if task.async_val or task.check_mode or task.no_log:
            return t.cast("Result", super().run(tmp, task_vars))  # type: ignore[no-untyped-call]
        result = ActionBase.run(self, tmp, task_vars)
        result = merge_hash(result, self._in_slices(task_vars or {}))
        # As Ansible's own plugin does.
        self._remove_tmp_path(self._connection._shell.tmpdir)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return t.cast("Result", result)

    def _in_slices(self, task_vars: Mapping[str, t.Any]) -> Result:
        started, overhead = time.monotonic(), _START
        told: dict[str, list[t.Any]] = {key: [] for key in _TOLD_ONCE}
        state: str | None = None
        while True:
            waited = time.monotonic() - started
            seconds = min(max(_INTERVAL - overhead, _SHORTEST), _LONGEST_CALL)
            call = {"seconds": seconds, "waited": waited, "state": state}
            result: Result = self._execute_module(
                module_args={**self._task.args, "_slice": call}, task_vars=dict(task_vars)
            )
            for key, texts in told.items():
                texts.extend(text for text in result.pop(key, ()) if text not in texts)
            progress, state = result.pop("_progress", None), result.pop("_state", None)
            if progress is None:
                break
            overhead = time.monotonic() - started - waited - seconds
            display.display(self._line(progress, time.monotonic() - started, task_vars))
        return {**result, **{key: texts for key, texts in told.items() if texts}}

    def _line(self, progress: Mapping[str, t.Any], age: float, task_vars: Mapping[str, t.Any]) -> str:
        """As C([12/60 done, 1 failed, 03:20] vbs_backup_batch: data-07 RUNNING)."""
        failed = f", {progress['failed']} failed" if progress["failed"] else ""
        name = str(self._task.action).rpartition(".")[2]
        # Several hosts' lines come one after the other.
        host = f"{task_vars.get('inventory_hostname')}: " if len(task_vars.get("ansible_play_batch", ())) > 1 else ""
        line = f"[{progress['done']}/{progress['total']} done{failed}, {_clock(age)}] {host}{name}: {progress['what']}"
        return printable(line, _LONGEST - len("..."))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
