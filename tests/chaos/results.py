# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play printed, read line by line: a result is one line of JSON behind its status."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

JsonObject = dict[str, Any]

TASK = re.compile(r"^TASK \[(?P<name>.*?)\] \*+$")
RESULT = re.compile(
    r"^(?P<status>ok|changed|fatal|failed|skipping): \[localhost\](?:: FAILED!)?(?: => \(item=.*?\)| \(item=.*?\))?"
    r" => (?P<result>\{.*\})$"
)
PLAYBOOK = re.compile(r"^PLAYBOOK: .*$", re.MULTILINE)


@dataclass(frozen=True)
class TaskResult:
    """The result of one task, or of one item of its loop."""

    task: str
    status: str
    result: JsonObject = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.status in ("fatal", "failed")


def read_results(output: str) -> list[TaskResult]:
    """All results in the order in which they were printed; a line that a kill cut off is none."""
    results, task = [], ""
    for line in output.splitlines():
        header, found = TASK.match(line), RESULT.match(line)
        if header:
            task = header["name"]
        elif found:
            try:
                result = json.loads(found["result"])
            except ValueError:
                continue
            results.append(TaskResult(task, found["status"], result))
    return results


def passes(output: str) -> list[str]:
    """The output of each playbook in turn, where one process ran several."""
    return [part for part in PLAYBOOK.split(output)[1:] if part]
