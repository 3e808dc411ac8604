# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result, run_module

Run = t.Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a module against a script of requests: ``run("vbs_policy", {options}, [calls])``; see module_run."""
    home = tmp_path / "home"
    home.mkdir()
    return functools.partial(run_module, home=str(home))
