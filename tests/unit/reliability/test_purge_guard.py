# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unbinding from a service that looks at the volume alone, whatever the policy: at most one volume is ever lost.

Whether a service does so is not documented (F §6.6, §12), so nothing may rely on that it does not.
"""

from __future__ import annotations

import itertools
import typing as t
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]
Held = dict[str, set[str]]

OURS, FIRST, SECOND, FREE = "ours", "first", "second", None
# Who holds each of three volumes: all ways there are.
PLACEMENTS = list(itertools.product((OURS, FIRST, SECOND, FREE), repeat=3))
# Which volumes are named, and what is to become of them.
TASKS: dict[str, Json] = {
    "purge all": {"volumes": [], "purge": True},
    "purge all but the last": {"volumes": [-1], "purge": True},
    "unbind the last two": {"volumes": [-1, -2], "state": "absent"},
}
# What may happen to the answer of an unbinding, and how often the module may try again.
FAULTS: dict[str, tuple[Json, int]] = {
    "dropped after the work": ({"drop": "after"}, 5),
    "dropped after the work, given up": ({"drop": "after"}, 0),
    "timed out after the work, given up": ({"hang": "after"}, 0),
    "cut off, given up": ({"truncate": 9}, 0),
    "dropped before the work, given up": ({"drop": "before"}, 0),
    "busy": ({"status": 503, "raw": ""}, 5),
}


class World(t.NamedTuple):
    """Who holds which volume, which of them our policy has backed up before, and the service's other habits."""

    holders: t.Sequence[str | None]
    history: t.Sequence[int] = ()
    settings: t.Mapping[str, t.Any] = {}

    def build(self) -> Cloud:
        """A cloud like that, whose service unbinds a volume from whatever policy holds it."""
        cloud = Cloud({**self.settings, "unbind_any": True}, len(self.holders))
        ids = [row.id for row in cloud.project.volumes]
        for name in (OURS, FIRST, SECOND):
            members = [volume_id for volume_id, holder in zip(ids, self.holders) if holder == name]
            policy = cloud.add("policies", name=name, members=members)
            for number in self.history if name == OURS else ():
                cloud.add("tasks", policy_id=policy.id, resource_id=ids[number])
        return cloud


def held(cloud: Cloud) -> Held:
    """What each policy holds."""
    return {row.name: set(row.members) for row in cloud.project.policies}


def lost_volumes(before: Held, after: Held) -> list[tuple[str, str]]:
    """Policy and volume of each that another policy held and no policy holds now."""
    now = set().union(*after.values())
    return sorted((name, one) for name in (FIRST, SECOND) for one in before[name] - now)


@pytest.mark.parametrize(
    ("task", "missing", "history"),
    [
        *((task, "fail_entry", ()) for task in TASKS),
        ("purge all", "fail_entry", (2, 1, 0)),
        ("purge all", "success", ()),
    ],
)
def test_at_most_one_volume_is_lost_and_its_policy_is_named(task: str, missing: str, history: t.Sequence[int]) -> None:
    stopped = 0
    for holders in PLACEMENTS:
        world = World(holders, history, {"unbind_missing": missing})
        stopped += _try(world, TASKS[task]).failed
    # Where it could not hurt anybody it came to its end.
    assert 0 < stopped < len(PLACEMENTS)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("task", ["purge all", "unbind the last two"])
def test_a_lost_answer_hides_no_loss(task: str, fault: str) -> None:
    for holders in itertools.product((OURS, FIRST, SECOND, FREE), repeat=2):
        _try(World(holders), TASKS[task], *FAULTS[fault])


@settings(max_examples=20, derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.sampled_from((OURS, OURS, FIRST, SECOND, FREE)), min_size=42, max_size=50),
    st.sampled_from(tuple(TASKS.values())),
    st.booleans(),
)
def test_of_many_volumes_no_more_are_lost(holders: list[str | None], task: Json, every: bool) -> None:
    task = {**task, "volumes": list(range(len(holders)))} if every and "state" in task else task
    _try(World(holders), task)


def _try(world: World, task: Json, fault: Json | None = None, retries: int = 5) -> Result:
    with closing(world.build()) as cloud:
        if fault is not None:
            cloud.fail("POST", "/deleted_resources$", fault)
        ids = [row.id for row in cloud.project.volumes]
        named = [ids[number] for number in task["volumes"]]
        before = held(cloud)
        options = {**task, "policy": OURS, "volumes": named, "api_retries": retries}
        result = cloud.run("vbs_policy_resources", options)
        _judge(cloud, result, before, set(named), absent=task.get("state") == "absent")
        return result


def _judge(cloud: Cloud, result: Result, before: Held, named: set[str], *, absent: bool) -> None:
    after = held(cloud)
    lost = lost_volumes(before, after)
    assert len(lost) <= 1
    if lost:
        ((name, volume_id),) = lost
        policy_id = next(row.id for row in cloud.project.policies if row.name == name)
        assert result.failed
        assert "another policy lost volumes" in result["msg"]
        assert policy_id in result["msg"]
        assert volume_id in result["msg"]
        assert result["changed"] is True
    elif not result.failed:
        assert after[OURS] == (before[OURS] - named if absent else named)
        assert result["resource_count"] == len(after[OURS])
    else:
        # Nobody was hurt; the answer was lost for good, and what is told of our own policy is true.
        assert result["error"]["retryable"] is True
        assert result["resource_count"] == len(after[OURS])
        assert result["removed_count"] == len(before[OURS] - after[OURS])
    assert absent or named <= after[OURS]
