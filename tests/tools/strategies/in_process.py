# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A strategy plugin: Ansible's own, with the collection's modules in the processes that Ansible forks for tasks.

A strategy, because Ansible loads it before it forks, and a configuration file alone can ask for it (in_one_process.py).
"""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

from ansible.plugins.strategy.linear import StrategyModule as Linear

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.in_one_process import prepare

DOCUMENTATION = """
name: in_process
short_description: Runs this collection's modules in the processes that Ansible forks for tasks
description: For tests alone.
"""


class StrategyModule(Linear):
    """Gets ready when it is made, and is the linear strategy in all else."""

    def __init__(self, tqm: t.Any) -> None:
        super().__init__(tqm)
        prepare()
