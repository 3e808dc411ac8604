# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands for each module of awx.awx: writes down the options that it was called with, and reports a change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Copied under the name of each module that examples/awx/load.yml uses."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add a line to the file that AWX_STAND_IN_LOG names."""
        call = {"module": self._task.action, "options": self._task.args}
        with Path(os.environ["AWX_STAND_IN_LOG"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(call) + "\n")
        return {"changed": True}
