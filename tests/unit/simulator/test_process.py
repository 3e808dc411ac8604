# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from simulator.settings import BadSettingError, from_environ

TESTS = Path(__file__).resolve().parents[2]
NAMES = {
    "HW_AUTH_URL",
    "HW_REGION_NAME",
    "HW_PROJECT_ID",
    "HW_PROJECT_NAME",
    "HW_ACCESS_KEY",
    "HW_SECRET_KEY",
    "HW_USER_NAME",
    "HW_USER_PASSWORD",
    "HW_DOMAIN_NAME",
    "HW_VBS_ENDPOINT",
    "HW_CSBS_ENDPOINT",
    "HW_EVS_ENDPOINT",
}


def launch(**environ: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIM_")}
    return subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        env={**kept, "PYTHONPATH": str(TESTS), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def exports(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    found = {}
    while line := process.stdout.readline().strip():
        word, assignment = shlex.split(line)
        assert word == "export"
        name, value = assignment.split("=", 1)
        found[name] = value
    return found


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    running = launch(SIM_JOB_SECONDS="0.5", SIM_VOLUMES="3")
    yield running
    running.kill()
    running.communicate()


def test_it_says_how_to_reach_it_and_can_be_reached_then(process: subprocess.Popen[str]) -> None:
    found = exports(process)
    assert set(found) == NAMES
    assert found["HW_AUTH_URL"].startswith("http://127.0.0.1:")
    base = found["HW_VBS_ENDPOINT"]
    settings = requests.get(f"{base}/_sim/settings", timeout=60).json()
    assert settings["job_seconds"] == 0.5
    assert len(requests.get(f"{base}/_sim/volumes", timeout=60).json()) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_well(process: subprocess.Popen[str], number: signal.Signals) -> None:
    base = exports(process)["HW_VBS_ENDPOINT"]
    with requests.Session() as session:
        # An idle connection, and one whose answer hangs, must not hold it up.
        session.get(f"{base}/_sim/health", timeout=60)
        session.post(f"{base}/_sim/faults", json={"fault": {"hang": "after", "seconds": 3600}}, timeout=60)
        host, port = base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as hanging:
            hanging.sendall(b"GET /v2/p/backups HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            process.send_signal(number)
            # The answer hangs for an hour; a minute is patience with a busy machine.
            assert process.wait(60) == 0
    _out, err = process.communicate()
    assert err == ""


def test_a_port_in_use_is_one_line(process: subprocess.Popen[str]) -> None:
    port = exports(process)["HW_VBS_ENDPOINT"].rsplit(":", 1)[1]
    second = launch(SIM_PORT=port)
    out, err = second.communicate(timeout=60)
    assert (second.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert port in err


def test_a_bad_setting_is_one_line() -> None:
    process = launch(SIM_PORT="http")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err == "simulator: SIM_PORT must be a whole number from 0 to 65535; got 'http'\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIM_PORT", "70000"),
        ("SIM_JOB_SECONDS", "soon"),
        ("SIM_JOB_SECONDS", "-1"),
        ("SIM_JOB_SECONDS", "nan"),
        ("SIM_VOLUMES", "1.5"),
        ("SIM_VOLUMES", "-3"),
        ("SIM_FLAVOR", "vanilla"),
        ("SIM_SETTINGS", "[]"),
        ("SIM_SETTINGS", "{"),
        ("SIM_SETTINGS", '{"colour": "red"}'),
    ],
)
def test_bad_settings(name: str, value: str) -> None:
    with pytest.raises(BadSettingError, match="colour" if "colour" in value else name):
        from_environ({name: value})


def test_settings_from_the_environment() -> None:
    process = launch(SIM_SETTINGS='{"max_page": 7}', SIM_FLAVOR="", SIM_JOB_SECONDS="")
    try:
        base = exports(process)["HW_VBS_ENDPOINT"]
        settings = requests.get(f"{base}/_sim/settings", timeout=60).json()
        assert (settings["max_page"], settings["job_seconds"]) == (7, 5.0)
    finally:
        process.kill()
        process.communicate()
