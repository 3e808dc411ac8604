# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_backup_batch: check mode tells what the run does, a second run does nothing, each volume has one backup more."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

VOLUMES = 5
WORKING = ("creating", "restoring")

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "volume": st.integers(0, VOLUMES - 1),
            # That of the batch, for most.
            "name": st.sampled_from(("{}-x", "{}-x", "{}-x", "other", None)),
            "status": st.sampled_from(("available", "available", "error", "error_restoring", "deleting", *WORKING)),
            "age": st.sampled_from((60, 600, 7200, 200000)),
            "ends": st.integers(1, 200),
        }
    ),
    max_size=8,
)
SETTINGS = st.fixed_dictionaries(
    {
        "job_seconds": st.sampled_from((0.5, 5.0, 90.0)),
        "max_page": st.sampled_from((1, 2, 1000)),
        "native_versions": st.sampled_from((["v2", "v3"], ["v3"])),
        "volume_backing_up": st.booleans(),
        "rate_limit_per_second": st.sampled_from((0.0, 0.0, 20.0)),
    }
)
OPTIONS = st.fixed_dictionaries(
    {
        "volumes": st.lists(st.integers(0, VOLUMES - 1), unique=True, max_size=VOLUMES),
        "by_id": st.booleans(),
        "max_age": st.one_of(st.none(), st.none(), st.sampled_from(("20m", "1h", "1d"))),
        "wait": st.booleans(),
        "concurrency": st.sampled_from((1, 1, 3)),
    }
)
# One creating call of each volume may be lost, before its work or after it, or be one too many.
FAULTS = st.lists(
    st.one_of(
        st.none(),
        st.none(),
        st.sampled_from(({"drop": "before"}, {"drop": "after"}, {"status": 503, "raw": ""}, {"truncate": 5})),
    ),
    min_size=VOLUMES,
    max_size=VOLUMES,
)


def build(settings_: Json, rows: list[Json]) -> Cloud:
    """A cloud with these backups, of which the unfinished ones end by themselves."""
    cloud = Cloud(settings_, VOLUMES)
    volumes = list(cloud.project.volumes)
    for row in rows:
        _add(cloud, volumes[row["volume"]], row)
    return cloud


def _add(cloud: Cloud, volume: t.Any, row: Json) -> None:
    project, status = cloud.project, row["status"]
    if status in WORKING and volume.id in project.busy:
        status = "available"
    name = None if row["name"] is None else row["name"].format(volume.name)
    made = cloud.add("backups", volume_id=volume.id, status=status, name=name, age=row["age"])

    def end(_at: float) -> None:
        made.status = "available"
        project.busy.pop(volume.id, None)

    if status in WORKING:
        project.busy[volume.id] = "backup"
        cloud.sim.timeline.after(row["ends"], end)
    elif status == "deleting":
        cloud.sim.timeline.after(row["ends"], lambda _at: project.backups.remove(made.id))


def options_of(cloud: Cloud, drawn: Json) -> Json:
    """The drawn options as a task would have them."""
    volumes = list(cloud.project.volumes)
    chosen = [volumes[number] for number in drawn["volumes"]]
    options = {key: value for key, value in drawn.items() if key != "by_id"}
    texts = [one.id if drawn["by_id"] else one.name for one in chosen]
    return {**options, "volumes": texts, "name": "{volume_name}-x"}


def rows_of(cloud: Cloud) -> dict[str, Json]:
    """All backups as the simulator holds them."""
    cloud.catch_up()
    return {row.id: dataclasses.asdict(row) for row in cloud.project.backups}


# Each case is several runs of several backups.
@settings(max_examples=settings().max_examples // 4)
@given(SETTINGS, ROWS, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(
    drawn_settings: Json, rows: list[Json], drawn: Json
) -> None:
    cloud = build(drawn_settings, rows)
    try:
        _compare(cloud, options_of(cloud, drawn))
    finally:
        cloud.close()


def _compare(cloud: Cloud, options: Json) -> None:
    before = rows_of(cloud)
    predicted = cloud.run("vbs_backup_batch", options, check_mode=True)
    assert not predicted.failed, predicted["msg"]
    real = cloud.run("vbs_backup_batch", options)
    if real.failed:
        # Whether a volume is busy shows only when it is asked for.
        assert not options["wait"]
        assert real["error"]["retryable"]
        assert {row["error"]["code"] for row in real["backups"] if row["error"]} == {"VolumeBackup.0013"}
        return
    assert predicted["changed"] == real["changed"] == bool(real.writes)
    assert predicted["diff"] == real["diff"]
    assert len(predicted["backups"]) == len(real["backups"]) == len(options["volumes"])
    for foreseen, row in zip(predicted["backups"], real["backups"]):
        unknown = {"backup_id", "job_id"} if row["changed"] else set()
        # A pause for the service's sake may be long enough for it to be done.
        unknown |= set() if options["wait"] else {"status"}
        assert {key for key in row if row[key] != foreseen[key]} <= unknown
    _was_made_once(cloud, options, before, real)
    for check_mode in (True, False):
        again = cloud.run("vbs_backup_batch", options, check_mode=check_mode)
        assert (again.failed, again["changed"], again.writes) == (False, False, [])


def _was_made_once(cloud: Cloud, options: Json, before: dict[str, Json], result: Result) -> None:
    # Whatever was not waited for comes to its end.
    cloud.clock.advance(0 if options["wait"] else 300)
    after = rows_of(cloud)
    made = sorted(after[one]["volume_id"] for one in set(after) - set(before))
    assert made == sorted(row["volume_id"] for row in result["backups"] if row["changed"])
    ended = {key for key, row in before.items() if row["status"] == "deleting"}
    assert set(before) - set(after) <= ended
    for row in result["backups"] if options["wait"] else ():
        assert after[row["backup_id"]]["status"] == "available"


# Each case is a long one.
@settings(max_examples=settings().max_examples // 6)
@given(FAULTS, st.sampled_from((1.0, 40.0, 400.0)), st.booleans(), st.sampled_from((1, 3)))
def test_whatever_answers_are_lost_each_volume_has_one(
    faults: list[Json | None], job_seconds: float, wait: bool, concurrency: int
) -> None:
    cloud = Cloud({"job_seconds": job_seconds}, VOLUMES)
    try:
        volumes = list(cloud.project.volumes)
        for volume, fault in zip(volumes, faults):
            if fault is not None:
                match = {"method": "POST", "path": "/cloudbackups$", "body_contains": volume.id}
                cloud.sim.faults.add({"match": match, "fault": dict(fault)})
        names = [volume.name for volume in volumes]
        options = {"volumes": names, "wait": wait, "concurrency": concurrency, "wait_interval": 5}
        result = cloud.run("vbs_backup_batch", options)
        assert not result.failed, result["msg"]
        cloud.clock.advance(1000)
        assert sorted(row["volume_id"] for row in rows_of(cloud).values()) == sorted(volume.id for volume in volumes)
        again = cloud.run("vbs_backup_batch", options)
        assert (again.failed, again["changed"]) == (False, False)
    finally:
        cloud.close()
