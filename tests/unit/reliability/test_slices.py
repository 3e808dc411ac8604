# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wait in several calls of the module: the same requests at the same moments, and the same result, as in one call."""

from __future__ import annotations

import json
import re
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_waits import (
    WAITS,
    Event,
    Json,
    Wait,
    away,
    back,
    becomes,
    vanishes,
    waiting,
)

# Shorter than the pauses from some time on; the action plugin's calls are shorter still, and there are more of them.
SECONDS = 28.0
LASTING, MIDDLE = 130.0, 50.0
# One each of those whose wait is told by a job, by states, by a list of many, and by what is gone.
SOME = ("backup", "native restore", "batch", "deletion of old backups")
IDS = re.compile(r"autobk_[0-9a-f]{4}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{32}\b")


def told(wait: Wait) -> str:
    """All that a task gave and sent, with its random IDs numbered in the order in which they appear."""
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"<ID {len(known)}>")

    sent = [(call.method, call.url, str(call.body)) for call in wait.result.sent]
    whole = {
        "sent": sent,
        "data": dict(wait.result.data),
        "warnings": wait.result.warnings,
        "elapsed": round(wait.elapsed, 3),
    }
    return IDS.sub(number, json.dumps(whole, indent=1))


def is_the_same(name: str, *events: tuple[float, Event], **how: t.Any) -> Wait:
    with waiting(name, *events, lasting=LASTING, **how) as alone:
        wanted = told(alone)
    with waiting(name, *events, lasting=LASTING, seconds=SECONDS, **how) as sliced:
        assert told(sliced) == wanted
        return sliced


def tell_all_the_time(wait: Wait) -> None:
    assert len(wait.told) >= wait.elapsed / SECONDS - 1
    for line in wait.told:
        assert 0 <= line["failed"] <= line["done"] <= line["total"]
        assert line["what"]


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_that_ends_well(name: str) -> None:
    wait = is_the_same(name)
    assert not wait.result.failed, wait.result["msg"]
    tell_all_the_time(wait)


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_that_reaches_its_limit(name: str) -> None:
    wait = is_the_same(name, wait_timeout=int(MIDDLE))
    assert "wait_timeout (50 s)" in wait.result["msg"]
    tell_all_the_time(wait)


@pytest.mark.parametrize("name", SOME)
def test_a_service_that_is_away_for_a_while_and_a_token_that_ends(name: str) -> None:
    events = (
        (MIDDLE, away({"status": 503, "raw": ""}, "GET")),
        (MIDDLE + 40, back),
        (MIDDLE + 60, lambda cloud: cloud.sim.gatekeeper.end_tokens(revoke=True)),
    )
    # The token is one that was given, so it is not renewed.
    wait = is_the_same(name, *events)
    assert wait.result["error"]["http_status"] == 401


@pytest.mark.parametrize("name", SOME)
def test_a_service_that_stays_away(name: str) -> None:
    wait = is_the_same(name, (MIDDLE, away({"drop": "before"})))
    assert wait.result.failed
    assert wait.elapsed < MIDDLE + 700


@pytest.mark.parametrize("name", WAITS)
def test_what_is_waited_for_fails_or_vanishes(name: str) -> None:
    status = "EXECUTE_FAIL" if name == "run of a policy" else "error"
    failing = "FAIL" if name in {"backup", "restore", "job"} else status
    event = becomes(name, status=failing) if name != "deletion of a backup" else vanishes(name)
    is_the_same(name, (MIDDLE, event))


def lose_the_answer(fault: Json) -> Event:
    return lambda cloud: cloud.fail("POST", "", fault)


@pytest.mark.parametrize("fault", [{"drop": "before"}, {"drop": "after"}], ids=str)
@pytest.mark.parametrize("name", [name for name in WAITS if not name.startswith(("deletion", "job"))])
def test_an_answer_is_lost(name: str, fault: Json) -> None:
    wait = is_the_same(name, (0.0, lose_the_answer(fault)))
    assert wait.result.failed or wait.told


def occupy(cloud: Cloud) -> None:
    """A backup of each volume that is made elsewhere, and is done after a while."""
    made = [cloud.add("backups", volume_id=volume.id, status="creating") for volume in cloud.project.volumes]
    for volume in cloud.project.volumes:
        cloud.project.busy[volume.id] = "backup"

    def free(_at: float) -> None:
        cloud.project.busy.clear()
        for row in made:
            row.status = "available"

    cloud.sim.timeline.after(MIDDLE, free)


@pytest.mark.parametrize("name", ["backup", "native backup", "batch"])
def test_a_volume_is_busy_at_first(name: str) -> None:
    wait = is_the_same(name, (0.0, occupy))
    assert not wait.result.failed, wait.result["msg"]
    assert wait.elapsed > LASTING + MIDDLE
