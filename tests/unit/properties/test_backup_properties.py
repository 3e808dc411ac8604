# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_backup: for any backups and any options, check mode tells what the run does, and a second run does nothing."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

NAMES = ("alpha", "beta", "gamma")
VOLUMES = 3
WORKING = ("creating", "restoring")
# Only the service decides these.
SERVER_MADE = ("id", "created_at", "updated_at", "availability_zone", "metadata", "incremental")

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "volume": st.integers(0, VOLUMES - 1),
            "name": st.sampled_from((*NAMES, None)),
            "status": st.sampled_from(("available", "available", "error", "error_restoring", "deleting", *WORKING)),
            # Not near any limit, so that the seconds that pass in a run do not matter.
            "age": st.sampled_from((60, 600, 7200, 200000)),
            "description": st.sampled_from((None, "old", "new")),
            # When what is being done to it ends.
            "ends": st.integers(1, 200),
        }
    ),
    max_size=6,
)
SETTINGS = st.fixed_dictionaries(
    {
        "flavor": st.sampled_from(("huawei", "huawei", "openstack")),
        "job_seconds": st.sampled_from((0.5, 5.0, 90.0)),
        "delete_seconds": st.sampled_from((0.0, 20.0)),
        "max_page": st.sampled_from((1, 2, 1000)),
        "native_versions": st.sampled_from((["v2", "v3"], ["v3"])),
        "description_json": st.booleans(),
        "volume_backing_up": st.booleans(),
    }
)


def maybe(values: t.Any) -> t.Any:
    """A value, or None for an option that is left out."""
    return st.one_of(st.none(), values)


OPTIONS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("present", "present", "present", "absent")),
        # The number of a backup of the state; beyond them it is an unknown ID.
        "id": st.one_of(st.none(), st.none(), st.none(), st.integers(0, 6)),
        "name": st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), st.none()),
        "volume": st.one_of(st.integers(0, VOLUMES - 1), st.integers(0, VOLUMES - 1), st.none()),
        "volume_by_id": st.booleans(),
        "api": st.sampled_from(("vbs", "vbs", "native")),
        "description": maybe(st.sampled_from(("old", "new", ""))),
        "tags": maybe(st.dictionaries(st.sampled_from(("env", "tier")), st.sampled_from(("", "prod")))),
        "full": maybe(st.booleans()),
        "max_age": maybe(st.sampled_from(("20m", "1h", "1d", "1w"))),
        "wait": st.booleans(),
    }
)


def build(settings: Json, rows: list[Json]) -> tuple[Cloud, list[str]]:
    """A cloud with these backups, of which the unfinished ones end by themselves, and their IDs."""
    cloud = Cloud(settings, VOLUMES)
    volumes = list(cloud.project.volumes)
    return cloud, [_add(cloud, volumes[row["volume"]].id, row) for row in rows]


def _add(cloud: Cloud, volume_id: str, row: Json) -> str:
    project, status = cloud.project, row["status"]
    if status in WORKING and volume_id in project.busy:
        status = "available"
    fields = {key: row[key] for key in ("name", "age", "description")}
    made = cloud.add("backups", volume_id=volume_id, status=status, **fields)

    def end(_at: float) -> None:
        made.status = "available"
        project.busy.pop(volume_id, None)

    if status in WORKING:
        project.busy[volume_id] = "backup"
        cloud.sim.timeline.after(row["ends"], end)
    elif status == "deleting":
        cloud.sim.timeline.after(row["ends"], lambda _at: project.backups.remove(made.id))
    return str(made.id)


def options_of(cloud: Cloud, ids: list[str], drawn: Json) -> Json:
    """The drawn options as a task would have them."""
    volumes = list(cloud.project.volumes)
    options = {key: value for key, value in drawn.items() if key != "volume_by_id"}
    if drawn["id"] is not None:
        options["id"] = [*ids, "none"][min(drawn["id"], len(ids))]
    if drawn["volume"] is not None:
        volume = volumes[drawn["volume"]]
        options["volume"] = volume.id if drawn["volume_by_id"] else volume.name
    if cloud.sim.settings.flavor == "openstack":
        options.update(api="native", force=True, tags=None, full=None)
    elif options["api"] == "native":
        # The first volume has a snapshot, which this form needs.
        options.update(volume=volumes[0].name, snapshot="snap-01", force=True, tags=None, full=None)
    return options


def rows_of(cloud: Cloud) -> dict[str, Json]:
    """All backups as the simulator holds them."""
    cloud.sim.timeline.run_due()
    return {row.id: dataclasses.asdict(row) for row in cloud.project.backups}


@given(SETTINGS, ROWS, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(
    settings: Json, rows: list[Json], drawn: Json
) -> None:
    cloud, ids = build(settings, rows)
    try:
        _compare(cloud, options_of(cloud, ids, drawn))
    finally:
        cloud.close()


def _compare(cloud: Cloud, options: Json) -> None:
    before = rows_of(cloud)
    predicted = cloud.run("vbs_backup", options, check_mode=True)
    assert rows_of(cloud) == before
    assert cloud.clock.pauses == []
    real = cloud.run("vbs_backup", options)
    if real.failed and not predicted.failed and not options["wait"]:
        # Whether the volume is busy shows only when it is asked for.
        assert real["error"]["retryable"]
        assert set(rows_of(cloud)) == set(before)
        return
    assert predicted.failed == real.failed, (predicted, real)
    if real.failed:
        assert predicted["msg"] == real["msg"]
        assert not real.writes
        return
    assert predicted["changed"] == real["changed"] == bool(real.writes)
    assert predicted["diff"] == real["diff"]
    _was_foreseen(predicted, real)
    _was_done(cloud, options, before, real)
    # Whatever was not waited for comes to its end.
    cloud.clock.advance(300)
    for check_mode in (True, False):
        again = cloud.run("vbs_backup", options, check_mode=check_mode)
        assert not again.failed, again["msg"]
        assert again["changed"] is False
        assert not again.writes


def _was_foreseen(predicted: Result, real: Result) -> None:
    shown, found = predicted["backup"], real["backup"]
    assert (shown is None) == (found is None)
    if shown is None:
        return
    # One that is there already is known, but for what its end changes.
    unknown = SERVER_MADE if real["changed"] else ("updated_at", "metadata")
    differing = {key for key in shown if shown[key] != found[key]}
    assert differing <= set(unknown), differing
    if real["changed"]:
        assert all(shown[key] is None for key in SERVER_MADE)


def _was_done(cloud: Cloud, options: Json, before: dict[str, Json], real: Result) -> None:
    """Never two where one was asked for, and only the one that was meant is deleted."""
    cloud.clock.advance(0 if options["wait"] else 300)
    after = rows_of(cloud)
    new = set(after) - set(before)
    ended = {key for key, row in before.items() if row["status"] == "deleting"}
    if options["state"] == "absent":
        assert not new
        lost = set(before) - set(after) - ended
        assert len(lost) == real["changed"]
        return
    assert set(before) - set(after) <= ended
    assert len(new) == real["changed"]
    if real["changed"] and options["wait"]:
        made = after[real["backup"]["id"]]
        assert (made["status"], made["name"]) == ("available", options["name"])
