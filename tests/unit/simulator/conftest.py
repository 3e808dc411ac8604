# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# The simulator is no part of the collection: it is imported from tests/, as `python -m simulator` does;
# and ansible-test gives these files a package of their own, so the helper is found by its folder.
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from simtest import JOB_SECONDS, TIME, Api, token

from simulator import seed, server
from simulator.clock import Clock
from simulator.settings import Settings


@pytest.fixture(scope="session")
def running() -> Iterator[server.Handle]:
    """One simulator for the whole run, in a thread."""
    handle = server.start(
        Settings(job_seconds=JOB_SECONDS, delete_seconds=1.0, task_delay_seconds=1.0),
        clock=Clock(TIME.wall, TIME.ticks),
    )
    yield handle
    handle.stop()


@pytest.fixture
def sim(running: server.Handle) -> server.Handle:
    """The simulator as new."""
    TIME.begin()
    running.control("POST", "/reset")
    return running


@pytest.fixture
def api(sim: server.Handle) -> Api:
    """The operator's client of the first project."""
    return Api(sim, seed.PROJECT_ID, token(sim, seed.PROJECT_ID))


@pytest.fixture
def other(sim: server.Handle) -> Api:
    """The operator's client of the other project."""
    return Api(sim, seed.OTHER_PROJECT_ID, token(sim, seed.OTHER_PROJECT_ID))


@pytest.fixture
def cloud(api: Api) -> Api:
    """A client of a plain OpenStack."""
    api.handle.control("POST", "/reset", {"settings": {"flavor": "openstack"}, "keep_tokens": True})
    return api
