# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import paths
from ansible_collections.huaweicloud.backup.tests.tools.process import run

TOOL = """\
import sys
from pathlib import Path
from tools.process import end_on_signals, run
end_on_signals()
run([sys.executable, "-c", sys.argv[1]], cwd=Path())
"""
CHILD = "import os, time; print('child', os.getpid(), flush=True); time.sleep(60)"


def test_output_is_shown_with_its_prefix_and_returned_without(tmp_path, capfd: pytest.CaptureFixture[str]) -> None:
    result = run([sys.executable, "-c", "import sys; print('said'); sys.exit(3)"], cwd=tmp_path, prefix="[1] ")
    assert (result.returncode, result.output) == (3, "said\n")
    assert "[1] said\n" in capfd.readouterr().out


def test_a_program_gets_no_input_and_the_clean_environment(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_SECRET_KEY", "of the user")
    source = (
        "import os, sys; print(repr(sys.stdin.read()), os.environ.get('HW_SECRET_KEY'), os.environ.get('SIM_PORT'))"
    )
    assert run([sys.executable, "-c", source], cwd=tmp_path, extra={"SIM_PORT": "0"}).output == "'' None 0\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_what_was_started(tmp_path, number: signal.Signals) -> None:
    env = {**os.environ, "PYTHONPATH": str(paths.CHECKOUT / "tests"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", TOOL, CHILD]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as tool:
        assert tool.stdout is not None
        child = next(int(line.split()[1]) for line in tool.stdout if line.startswith("child"))
        tool.send_signal(number)
        assert tool.wait(60) == 128 + number
    deadline = time.monotonic() + 60
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        # One that has ended but that nobody has waited for yet still has an entry.
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
