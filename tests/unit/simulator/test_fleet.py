# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from simtest import Api

from simulator import seed
from simulator.clock import Clock
from simulator.fleet import add
from simulator.objects import BadObjectError
from simulator.settings import Settings
from simulator.sim import Simulator
from simulator.state import Project

NOW = 1_800_000_000.0
DAY = 86400.0


def planted(**given: Any) -> tuple[Project, dict[str, Any]]:
    sim = Simulator(Settings(), 0, Clock(wall=lambda: NOW, ticks=lambda: 0.0))
    project = sim.store.projects[seed.PROJECT_ID]
    return project, add(sim, project, given)


def test_there_are_as_many_backups_as_volumes_times_nights() -> None:
    for trouble in (True, False):
        project, answer = planted(volumes=40, nights=5, policies=3, trouble=trouble)
        assert (answer["volumes"], answer["backups"]) == (40, 200)
        assert (len(project.volumes), len(project.backups)) == (40, 200)
        assert [policy.id for policy in project.policies] == answer["policies"]
        assert len(project.tasks) == answer["tasks"]


def test_without_trouble_every_volume_is_held_and_was_backed_up_last_night() -> None:
    project, answer = planted(volumes=40, nights=5, trouble=False)
    assert answer["tasks"] == 40 * 3
    assert sum(len(policy.members) for policy in project.policies) == 40
    for volume in project.volumes:
        rows = project.backups.where("volume_id", volume.id)
        assert [row.status for row in rows] == ["available"] * 5
        assert [row.is_incremental for row in rows] == [False, True, True, True, True]
        assert 3 * 3600 < NOW - rows[-1].created_at <= 6 * 3600
        assert {row.policy_id for row in rows} == {project.held[volume.id]}


def test_with_trouble_of_twenty_volumes_one_each_is_unprotected_stale_and_failing() -> None:
    project, _answer = planted(volumes=40, nights=5)
    found = Counter()
    for volume in project.volumes:
        rows = project.backups.where("volume_id", volume.id)
        if not rows:
            assert volume.id not in project.held
            found["unprotected"] += 1
        elif rows[-1].status == "error":
            (task, *_older) = project.tasks.where("policy_id", project.held[volume.id])[::-1]
            assert task.finished_at is not None
            found["failing"] += 1
        elif NOW - rows[-1].created_at > 3 * DAY:
            found["stale"] += 1
    assert found == {"unprotected": 2, "failing": 2, "stale": 2}
    gone = {row.volume_id for row in project.backups if row.volume_id not in project.volumes}
    assert len(gone) == 2
    failed = [task for task in project.tasks if task.status == "EXECUTE_FAIL"]
    assert [task.code for task in failed] == ["VolumeBackup.0064"] * 2


def test_rows_are_in_the_order_of_creation_and_older_than_now() -> None:
    project, _answer = planted(volumes=20, nights=3)
    for table in (project.backups, project.tasks, project.volumes):
        times = [row.created_at for row in table]
        assert times == sorted(times)
        assert times[-1] < NOW


def test_without_policies_there_are_no_tasks() -> None:
    project, answer = planted(volumes=20, nights=2, policies=0)
    assert answer == {"volumes": 20, "backups": 40, "tasks": 0, "policies": []}
    assert project.held == {}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"colour": 1}, "unknown field: colour"),
        ({"volumes": -1}, "volumes must be"),
        ({"nights": True}, "nights must be"),
        ({"policies": "4"}, "policies must be"),
        ({"trouble": 1}, "trouble must be"),
    ],
)
def test_bad_fields_are_refused_before_anything_is_added(given: dict[str, Any], why: str) -> None:
    with pytest.raises(BadObjectError, match=why):
        planted(**given)


def test_the_control_api_adds_one_and_its_lists_have_pages(api: Api) -> None:
    api.handle.control("POST", "/reset", {"volumes": 0, "keep_tokens": True, "settings": {"max_page": 50}})
    answer = api.handle.control("POST", "/fleet", {"volumes": 40, "nights": 3, "policies": 1})
    first = api("GET", "/v2/{pid}/backups/detail").json()
    assert len(first["backups"]) == 50
    assert first["backups"][0]["service_metadata"].startswith(" {")
    path = f"/v2/{{pid}}/backuppolicy/{answer['policies'][0]}/backuptasks"
    pages = [api("GET", f"{path}?limit=50&offset={offset}").json() for offset in (0, 50, 100)]
    ids = [task["job_id"] for page in pages for task in page["tasks"]]
    assert len(set(ids)) == answer["tasks"] == pages[0]["count"]
    times = [task["created_at"] for page in pages for task in page["tasks"]]
    assert times == sorted(times, reverse=True)
