# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""csbs_checkpoint: for any checkpoints and any options, check mode tells what the run does; what is absent stays so."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

SERVERS = 3
WORKING = ("waiting_protect", "protecting", "waiting_restore", "restoring")
LEAVING = ("waiting_delete", "deleting")
# Only the service decides these.
SERVER_MADE = ("id", "created_at", "item_id")

ITEMS = st.dictionaries(
    st.integers(0, SERVERS - 1),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(("available", "available", "available", "error", *WORKING, *LEAVING)),
            # When what is being done to it ends.
            "ends": st.integers(1, 200),
        }
    ),
    min_size=1,
)
RECORDS = st.lists(st.fixed_dictionaries({"items": ITEMS, "automatic": st.booleans()}), max_size=3)
SETTINGS = st.fixed_dictionaries(
    {
        "job_seconds": st.sampled_from((0.5, 5.0, 90.0)),
        "delete_seconds": st.sampled_from((0.0, 20.0)),
        "task_delay_seconds": st.sampled_from((0.0, 3.0)),
        "max_page": st.sampled_from((1, 2, 1000)),
        "csbs_delete_again": st.sampled_from(("400", "409")),
        "csbs_extra_info": st.sampled_from(("text", "object", "null")),
    }
)
# A server by number and whether it is named by its ID; beyond the last there is an unknown one.
SERVER = st.tuples(st.integers(0, SERVERS), st.booleans())
OPTIONS = st.fixed_dictionaries(
    {
        "present": st.booleans(),
        "servers": st.one_of(st.none(), st.lists(SERVER, min_size=1, max_size=3)),
        "id": st.integers(0, 3),
        "server": st.one_of(st.none(), SERVER),
        "wait": st.booleans(),
    }
)


def build(settings: Json, records: list[Json]) -> tuple[Cloud, list[str]]:
    """A cloud with these checkpoints, of which the unfinished ones end by themselves, and their IDs."""
    cloud = Cloud(settings, 2 * SERVERS)
    return cloud, [_add(cloud, record) for record in records]


def _add(cloud: Cloud, record: Json) -> str:
    project = cloud.project
    (policy,) = project.csbs_policies
    statuses = [drawn["status"] for drawn in record["items"].values()]
    status = "protecting" if set(statuses) & set(_csbs_model.PROTECTING) else "available"
    made = cloud.add("checkpoints", policy_id=policy.id, status=status)
    for number, drawn in record["items"].items():
        server = list(project.servers)[number]
        info = {"resource_name": server.name, "auto_trigger": record["automatic"], "progress": "40"}
        item = cloud.add(
            "items",
            checkpoint_id=made.id,
            policy_id=policy.id,
            resource_id=server.id,
            status=drawn["status"],
            extend_info=info,
        )
        _end_later(cloud, made, item, drawn["ends"])
    return str(made.id)


def _end_later(cloud: Cloud, record: t.Any, item: t.Any, seconds: int) -> None:
    def end(_at: float) -> None:
        item.status = "available"
        item.extend_info["progress"] = 100
        if not any(row.status in WORKING for row in cloud.project.items.where("checkpoint_id", record.id)):
            record.status = "available"

    if item.status in WORKING:
        cloud.sim.timeline.after(seconds, end)
    elif item.status in LEAVING:
        cloud.sim.timeline.after(seconds, lambda _at: cloud.project.items.remove(item.id))


def options_of(cloud: Cloud, ids: list[str], drawn: Json) -> Json:
    """The drawn options as a task would have them."""

    def server(number: int, *, by_id: bool) -> str:
        known = [row.id if by_id else row.name for row in cloud.project.servers]
        return [*known[:SERVERS], "unknown"][number]

    if drawn["present"]:
        servers = None if drawn["servers"] is None else [server(n, by_id=by_id) for n, by_id in drawn["servers"]]
        return {"policy": "servers", "servers": servers, "wait": drawn["wait"]}
    part = None if drawn["server"] is None else server(drawn["server"][0], by_id=drawn["server"][1])
    record = [*ids, "none"][min(drawn["id"], len(ids))]
    return {"state": "absent", "id": record, "server": part, "wait": drawn["wait"]}


def rows_of(cloud: Cloud) -> Json:
    """All checkpoints and items as the simulator holds them."""
    cloud.sim.timeline.run_due()
    project = cloud.project
    return {row.id: dataclasses.asdict(row) for table in (project.checkpoints, project.items) for row in table}


@settings(max_examples=settings().max_examples // 3)
@given(SETTINGS, RECORDS, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_what_is_absent_stays_so(
    settings: Json, records: list[Json], drawn: Json
) -> None:
    cloud, ids = build(settings, records)
    try:
        _compare(cloud, options_of(cloud, ids, drawn))
    finally:
        cloud.close()


def _compare(cloud: Cloud, options: Json) -> None:
    before = rows_of(cloud)
    predicted = cloud.run("csbs_checkpoint", options, check_mode=True)
    assert rows_of(cloud) == before
    assert cloud.clock.pauses == []
    real = cloud.run("csbs_checkpoint", options)
    assert predicted.failed == real.failed, (predicted["msg"], real.data)
    if real.failed:
        assert predicted["msg"] == real["msg"]
        assert rows_of(cloud) == before
        return
    assert predicted["changed"] == real["changed"]
    assert predicted["diff"] == real["diff"]
    assert _shape(predicted) == _shape(real)
    assert bool(real.writes) == real["changed"]
    if options.get("state") == "absent":
        _compare_absent(cloud, options, real)
    else:
        assert len(real.writes) == int(real["changed"])
        made = set(rows_of(cloud)) - set(before)
        assert (real["checkpoint"]["id"] in made) == real["changed"]


def _compare_absent(cloud: Cloud, options: Json, first: Result) -> None:
    again = cloud.run("csbs_checkpoint", options)
    assert not again.failed
    assert (again["changed"], again.writes) == (False, [])
    if options["wait"]:
        left = [row for row in rows_of(cloud).values() if row.get("checkpoint_id") == options["id"]]
        chosen = [row for row in left if options["server"] in (None, row["resource_id"], _name(row))]
        assert chosen == []
        assert [row["item_id"] for row in first["servers"]] == [row["item_id"] for row in again["servers"]]


def _name(row: Json) -> t.Any:
    return row["extend_info"]["resource_name"]


def _shape(result: Result) -> t.Any:
    """A result without what only the service decides and what time changes in the parts that stay."""
    hidden = SERVER_MADE if result["checkpoint"] and result["checkpoint"]["policy_id"] else ("progress",)
    checkpoint = result["checkpoint"]
    if checkpoint is not None:
        checkpoint = {key: value for key, value in checkpoint.items() if key not in hidden}
    servers = [{key: value for key, value in row.items() if key not in hidden} for row in result["servers"]]
    return checkpoint, servers
