# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes how long each task took, from its start to its last result, as a line of JSON to the file BENCHMARK_TIMES."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: Writes how long each task took
description: [Writes a line of JSON for each task to the file that the variable BENCHMARK_TIMES names.]
"""


class CallbackModule(CallbackBase):
    """Sees tasks begin and end; a loop is one task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._file = Path(os.environ["BENCHMARK_TIMES"])
        self._name = ""
        self._began = 0.0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: Any) -> None:
        """The strategy is about to send a task to its worker."""
        self._name = task.get_name()
        self._began = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        """The worker's result has arrived."""
        line = json.dumps({"task": self._name, "seconds": time.monotonic() - self._began})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
