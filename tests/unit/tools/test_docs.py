# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What antsibull-docs says of its own temporary folder is no fault of the collection; all else is."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import stage_docs
from ansible_collections.huaweicloud.backup.tests.tools.process import Run

OWN = 'plugins/module/vbs_backup.rst:4:0: (ERROR/3) Unknown target name: "antsibull-docs-5ilzdm5".\n'
OURS = 'plugins/module/vbs_backup.rst:4:0: (ERROR/3) Unknown target name: "vbs".\n'


@pytest.mark.parametrize(
    ("runs", "returncode"),
    [([Run(0, "")], 0), ([Run(3, OURS)], 3), ([Run(3, OWN), Run(0, "")], 0), ([Run(3, OWN + OURS), Run(3, OURS)], 3)],
)
def test_only_a_run_that_stumbled_over_itself_is_done_again(monkeypatch, runs: list[Run], returncode: int) -> None:
    left = list(runs)
    monkeypatch.setattr(stage_docs, "run", lambda _command: left.pop(0))
    assert stage_docs.lint_docs().returncode == returncode
    assert left == []
