# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every creating call under every way to lose an answer: one of what was asked for, or a clear "uncertain"."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.creations import CREATIONS, Creation

Json = dict[str, t.Any]

# What the service did: nothing, and the answer proves it; nothing, but who can know; all of it.
REFUSED, NOTHING, ALL = "refused", "nothing", "all"

INTERNAL = {"error": {"code": "VolumeBackup.0900", "message": "internal"}}
FAULTS: dict[str, tuple[Json, str]] = {
    "dropped before": ({"drop": "before"}, NOTHING),
    "dropped after": ({"drop": "after"}, ALL),
    "500": ({"status": 500, "body": INTERNAL}, NOTHING),
    "502 with HTML": ({"status": 502, "raw": "<html><h1>Bad Gateway</h1></html>"}, NOTHING),
    "503": ({"status": 503, "raw": ""}, REFUSED),
    "504": ({"status": 504, "raw": "upstream timed out"}, NOTHING),
    "429 for 7 seconds": ({"status": 429, "headers": {"Retry-After": "7"}}, REFUSED),
    "429 until a date": ({"status": 429, "headers": {"Retry-After": formatdate(NOON + 7, usegmt=True)}}, REFUSED),
    "time-out before": ({"hang": "before"}, NOTHING),
    "time-out after": ({"hang": "after"}, ALL),
    "time-out, and done later": ({"delay": 90}, ALL),
    "cut off": ({"truncate": 7}, ALL),
    "a page of HTML": ({"status": 200, "raw": "<html>Welcome</html>"}, NOTHING),
}
# One of each effect, for what is tried in pairs.
DROPPED, DROPPED_AFTER, BUSY = "dropped before", "dropped after", "503"
TWICE = (DROPPED, DROPPED_AFTER, "502 with HTML", BUSY, "429 for 7 seconds", "time-out before", "time-out after")
PAIRS = [*((one, one) for one in TWICE), *itertools.permutations((DROPPED, DROPPED_AFTER, BUSY), 2)]
ON_LISTING: dict[str, tuple[Json, int]] = {
    "dropped once": ({"drop": "before"}, 1),
    "time-out once": ({"hang": "before"}, 1),
    "503 once": ({"status": 503, "raw": ""}, 1),
    "cut off once": ({"truncate": 3}, 1),
    # One more than a reading is tried by itself.
    "503 for a while": ({"status": 503, "raw": ""}, 6),
    "a page of HTML": ({"status": 200, "raw": "<html>Welcome</html>"}, -1),
    "dropped always": ({"drop": "before"}, -1),
    "503 always": ({"status": 503, "raw": ""}, -1),
}
# How long a job runs: over before anybody looks; so long that it shows only after the sender has given up.
JOBS = (1.0, 400.0)


def has_body(name: str, *faults: str) -> bool:
    """Whether there is a body to cut where one is to be cut."""
    return name != "run of a policy" or "cut off" not in faults


def cases() -> Iterator[t.Any]:
    """Each creating call with each fault, and with each length of job where there is one."""
    for name, fault in itertools.product(CREATIONS, FAULTS):
        if not has_body(name, fault):
            continue
        # Where nothing was done the first time, the length of the job changes nothing in what is found.
        both = name not in ("policy", "share") and (FAULTS[fault][1] == ALL or fault == DROPPED)
        for seconds in JOBS if both else JOBS[:1]:
            yield pytest.param(CREATIONS[name], fault, seconds, id=f"{name}-{fault}-{seconds:g}")


@pytest.fixture
def clouds() -> Iterator[list[Cloud]]:
    """Clouds to give back at the end."""
    made: list[Cloud] = []
    yield made
    for cloud in made:
        cloud.close()


@pytest.mark.parametrize(("creation", "fault", "job_seconds"), list(cases()))
def test_one_lost_answer_leaves_one_of_what_was_asked_for(
    clouds: list[Cloud], creation: Creation, fault: str, job_seconds: float
) -> None:
    cloud = creation.build(job_seconds=job_seconds)
    clouds.append(cloud)
    effect, did = FAULTS[fault]
    before = creation.ids(cloud)
    cloud.fail("POST", creation.path, effect)
    result = cloud.run(creation.module, creation.options)
    if creation.module == "vbs_restore" and did == NOTHING:
        _is_uncertain(creation, cloud, result, sent=1)
        cloud.clock.advance(1000)
        assert creation.done(cloud) == 0
    else:
        _is_complete(creation, cloud, result, before, found_again=did == ALL)
        # What was done is not asked for again; what surely was not done is, and at once.
        assert creation.sent(cloud) <= (1 if did == ALL and job_seconds < 60 else 2)
        if "Retry-After" in str(effect):
            assert 7 <= result.pauses[0] < 8
    _goes_on_as_promised(creation, cloud, before)


def pairs() -> Iterator[t.Any]:
    """Each creating call with a fault twice, and with two different ones."""
    for name, (first, second) in itertools.product(CREATIONS, PAIRS):
        if has_body(name, first, second):
            yield pytest.param(CREATIONS[name], first, second, id=f"{name}-{first}-{second}")


@pytest.mark.parametrize(("creation", "first", "second"), list(pairs()))
def test_two_lost_answers_leave_one_of_what_was_asked_for_or_are_told(
    clouds: list[Cloud], creation: Creation, first: str, second: str
) -> None:
    cloud = creation.build(job_seconds=1.0)
    clouds.append(cloud)
    before = creation.ids(cloud)
    cloud.fail("POST", creation.path, FAULTS[first][0], FAULTS[second][0])
    result = cloud.run(creation.module, creation.options)
    # A refusal is followed by another try at once; after an answer that was lost there is one more try, or none.
    tries = [FAULTS[first][1], FAULTS[second][1], ALL]
    refused = len(list(itertools.takewhile(lambda did: did == REFUSED, tries)))
    most = 1 if creation.module == "vbs_restore" else 2
    if tries[refused : refused + most] == [NOTHING] * most:
        _is_uncertain(creation, cloud, result, sent=refused + most)
        assert creation.done(cloud) == 0
    else:
        sent = tries.index(ALL) + 1
        assert creation.sent(cloud) == sent
        _is_complete(creation, cloud, result, before, found_again=sent < 3)
    _goes_on_as_promised(creation, cloud, before)


@pytest.mark.parametrize("on_listing", ON_LISTING)
@pytest.mark.parametrize("fault", [DROPPED, DROPPED_AFTER])
@pytest.mark.parametrize("name", CREATIONS)
def test_a_lost_answer_and_a_listing_that_fails_are_told_or_overcome(
    clouds: list[Cloud], name: str, fault: str, on_listing: str
) -> None:
    creation = CREATIONS[name]
    cloud = creation.build(job_seconds=1.0)
    clouds.append(cloud)
    before = creation.ids(cloud)
    effect, times = ON_LISTING[on_listing]
    cloud.fail("POST", creation.path, FAULTS[fault][0])
    _fail_after(
        cloud, creation, {"match": {"method": "GET", "path": creation.listing}, "fault": effect, "times": times}
    )
    result = cloud.run(creation.module, creation.options)
    cloud.at = lambda _moment: None
    if times < 0:
        _is_uncertain(creation, cloud, result, sent=1)
        assert "looking for it failed too" in result["msg"]
        assert creation.done(cloud) == (fault == DROPPED_AFTER)
    elif fault == DROPPED and creation.module == "vbs_restore":
        _is_uncertain(creation, cloud, result, sent=1)
    else:
        _is_complete(creation, cloud, result, before, found_again=fault == DROPPED_AFTER)
    _goes_on_as_promised(creation, cloud, before)


def _fail_after(cloud: Cloud, creation: Creation, rule: Json) -> None:
    """Add the rule once the creating call was sent."""

    def at(_moment: str) -> None:
        if creation.sent(cloud):
            cloud.at = lambda _moment: None
            cloud.sim.faults.add(rule)

    cloud.at = at


@pytest.mark.parametrize("seconds", [80.0, 170.0, 400.0])
@pytest.mark.parametrize("name", ["backup", "backup by age", "batch", "run of a policy", "checkpoint"])
def test_what_shows_late_is_not_asked_for_twice(clouds: list[Cloud], name: str, seconds: float) -> None:
    creation = CREATIONS[name]
    # A backup shows after a fifth of its job's time.
    late = {"job_seconds": 5 * seconds} if creation.kind == "backups" else {"task_delay_seconds": seconds}
    cloud = creation.build(**late)
    clouds.append(cloud)
    before = creation.ids(cloud)
    cloud.fail("POST", creation.path, FAULTS[DROPPED_AFTER][0])
    result = cloud.run(creation.module, creation.options)
    # The second try was refused: the service was at it.
    assert creation.sent(cloud) == 2
    if seconds < 120:
        _is_complete(creation, cloud, result, before, found_again=True)
    else:
        _is_uncertain(creation, cloud, result, sent=2)
    assert creation.done(cloud) == 1
    cloud.clock.advance(3000)
    cloud.sim.change_settings({"task_delay_seconds": 0.2})
    _goes_on_as_promised(creation, cloud, before)


@pytest.mark.parametrize("fault", [DROPPED, DROPPED_AFTER])
@pytest.mark.parametrize("name", [name for name in CREATIONS if "wait_interval" in CREATIONS[name].options])
def test_a_task_that_does_not_wait_looks_all_the_same(clouds: list[Cloud], name: str, fault: str) -> None:
    creation = CREATIONS[name]
    cloud = creation.build(job_seconds=100.0)
    clouds.append(cloud)
    cloud.fail("POST", creation.path, FAULTS[fault][0])
    result = cloud.run(creation.module, {**creation.options, "wait": False})
    if creation.module == "vbs_restore" and fault == DROPPED:
        _is_uncertain(creation, cloud, result, sent=1)
        return
    assert not result.failed, result["msg"]
    assert result["changed"] is True
    assert result["pending"]["ids"]
    assert result.data.get("adopted", False) is (fault == DROPPED_AFTER and "adopted" in result.data)
    assert creation.done(cloud) == 1


@pytest.mark.parametrize("seconds", [130.0, 400.0])
def test_a_second_backup_that_only_its_job_refuses_is_none(clouds: list[Cloud], seconds: float) -> None:
    # Whether the call or the job refuses a second backup of a volume at the same time is not documented (F §12).
    creation = CREATIONS["backup"]
    cloud = creation.build(job_seconds=5 * seconds, second_backup="fail_job")
    clouds.append(cloud)
    before = creation.ids(cloud)
    cloud.fail("POST", creation.path, FAULTS[DROPPED_AFTER][0])
    result = cloud.run(creation.module, creation.options)
    assert creation.done(cloud) == 2
    assert result.failed
    assert (result["error"]["code"], result["error"]["retryable"]) == ("VolumeBackup.0013", True)
    again = cloud.run(creation.module, creation.options)
    assert (again.failed, again["changed"]) == (False, False)
    assert creation.ids(cloud) - before == creation.shown(again)
    assert len(creation.shown(again)) == 1


def test_a_policy_that_is_made_after_the_last_look_is_named_by_the_next_run(clouds: list[Cloud]) -> None:
    creation = CREATIONS["policy"]
    cloud = creation.build()
    clouds.append(cloud)
    before = creation.ids(cloud)
    cloud.fail("POST", creation.path, {"delay": 200})
    assert not cloud.run(creation.module, creation.options).failed
    cloud.clock.advance(200)
    twins = creation.ids(cloud) - before
    assert len(twins) == 2
    again = cloud.run(creation.module, creation.options)
    assert again.failed
    assert all(policy_id in again["msg"] for policy_id in twins)
    assert creation.ids(cloud) - before == twins


def _is_complete(creation: Creation, cloud: Cloud, result: Result, before: set[str], *, found_again: bool) -> None:
    assert not result.failed, result["msg"]
    assert result["changed"] is True
    assert creation.done(cloud) == 1
    assert creation.ids(cloud) - before == creation.shown(result)
    if "adopted" in result.data:
        assert result["adopted"] is found_again
    if creation.module in ("vbs_backup", "vbs_restore"):
        assert result["backup"]["status"] == "available"
        # Found again means that nobody ever saw the job; the OpenStack form has none.
        assert (result["job"] is None) is (found_again or "native" in creation.options.values())
    for task in result.data.get("tasks", ()):
        assert task["status"] == "EXECUTE_SUCCESS"
    for server in result.data.get("servers", ()):
        assert server["status"] == "available"


def _is_uncertain(creation: Creation, cloud: Cloud, result: Result, *, sent: int) -> None:
    assert result.failed
    assert "It is uncertain whether it was done" in result["msg"]
    assert creation.how_to_look in result["msg"]
    assert result["error"]["advice"] == "look first, then run the task again"
    assert creation.sent(cloud) == sent


def _goes_on_as_promised(creation: Creation, cloud: Cloud, before: set[str]) -> None:
    """The same task again: what is there satisfies; an action acts once more."""
    cloud.sim.faults.rules.clear()
    cloud.clock.advance(1000)
    done, made = creation.done(cloud), creation.ids(cloud)
    again = cloud.run(creation.module, creation.options)
    assert not again.failed, again["msg"]
    if creation.acts:
        assert again["changed"] is True
        assert creation.done(cloud) == done + 1
        return
    assert again["changed"] is (not done)
    assert creation.done(cloud) == 1
    if done:
        assert creation.ids(cloud) == made
    assert creation.shown(again) == creation.ids(cloud) - before
