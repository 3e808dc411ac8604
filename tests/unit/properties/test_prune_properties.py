# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_backup_prune: for any backups and any options, check mode tells what the run does, and a second does nothing."""

from __future__ import annotations

import typing as t
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import URL, Cloud, seed

Json = dict[str, t.Any]

VOLUMES = 2
DAY = 86400
# Plain OpenStack is known by a catalog that has no Volume Backup Service.
USER: Json = {
    "username": seed.USER_NAME,
    "password": seed.PASSWORD,
    "domain_name": seed.DOMAIN_NAME,
    "auth_url": URL,
    "project_name": seed.REGION,
    "region": seed.REGION,
    "token_cache": False,
}

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "volume": st.integers(0, VOLUMES - 1),
            "name": st.sampled_from(("by-hand", "nightly-1", "nightly-2", "autobk_1", None)),
            "status": st.sampled_from((*("available",) * 5, "error", "error_restoring", "creating", "deleting")),
            # Half a day from every limit, so that the seconds that pass in a run do not matter.
            "days": st.integers(0, 9),
            "st": st.sampled_from((0, 0, 0, 1, 4, 5)),
            "shared": st.sampled_from((False, False, False, True)),
            # On OpenStack: built on the volume's backup before it.
            "incremental": st.booleans(),
        }
    ),
    max_size=9,
)
SETTINGS = st.fixed_dictionaries(
    {
        "flavor": st.sampled_from(("huawei", "openstack")),
        "delete_seconds": st.sampled_from((0.0, 20.0)),
        "max_page": st.sampled_from((1, 2, 1000, 1000)),
        "delete_shared_backup": st.sampled_from(("allow", "refuse")),
        "description_json": st.booleans(),
    }
)
OPTIONS = st.fixed_dictionaries(
    {
        "keep_last": st.sampled_from((None, 0, 1, 2, 3)),
        "older_than": st.sampled_from((None, "12h", "60h", "6d")),
        "name_prefix": st.sampled_from((None, None, "nightly-")),
        "include_automatic": st.booleans(),
        "volumes": st.sampled_from((None, None, [], [0], [0, 1])),
        "wait": st.sampled_from((True, True, False)),
    }
).filter(lambda drawn: drawn["keep_last"] is not None or drawn["older_than"] is not None)


def build(switches: Json, rows: list[Json]) -> Cloud:
    """A cloud with these backups; those of a chain come in the order in which they were made."""
    cloud = Cloud(switches, VOLUMES)
    cloud.credentials = dict(USER)
    ids = [row.id for row in cloud.project.volumes]
    before: dict[int, t.Any] = {}
    for number, row in enumerate(sorted(rows, key=lambda row: -row["days"])):
        # No two are of the same moment.
        fields: Json = {"name": row["name"], "status": row["status"], "age": row["days"] * DAY - number + 60}
        if switches["flavor"] == "huawei":
            fields["service_metadata"] = {"ST": row["st"]}
        made = cloud.add("backups", volume_id=ids[row["volume"]], **fields)
        parent = before.get(row["volume"])
        if switches["flavor"] == "openstack" and row["incremental"] and parent is not None:
            made.is_incremental, made.parent_id, parent.has_dependent_backups = True, parent.id, True
        if switches["flavor"] == "huawei" and row["shared"]:
            cloud.add("shares", backup_id=made.id, to_project_id="p1")
        before[row["volume"]] = made
        if row["status"] == "deleting":
            cloud.sim.timeline.after(30, lambda _at, one=made: _vanish(cloud, one))
    return cloud


def _vanish(cloud: Cloud, one: t.Any) -> None:
    cloud.project.backups.remove(one.id)
    cloud.sim.store.drop_shares(one.id)
    for parent in cloud.project.backups:
        if parent.id == one.parent_id:
            parent.has_dependent_backups = any(row.parent_id == parent.id for row in cloud.project.backups)


def ids_of(cloud: Cloud) -> set[str]:
    """The backups that there are, but for those that are on their way out."""
    cloud.sim.timeline.run_due()
    return {row.id for row in cloud.project.backups if row.status != "deleting"}


@settings(max_examples=80)
@given(SETTINGS, ROWS, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(
    switches: Json, rows: list[Json], drawn: Json
) -> None:
    with closing(build(switches, rows)) as cloud:
        names = [row.name for row in cloud.project.volumes]
        volumes = drawn["volumes"]
        options = {**drawn, "volumes": None if volumes is None else [names[number] for number in volumes]}
        before = ids_of(cloud)
        predicted = cloud.run("vbs_backup_prune", options, check_mode=True)
        assert not predicted.failed, predicted["msg"]
        assert ids_of(cloud) == before
        real = cloud.run("vbs_backup_prune", options)
        assert not real.failed, real["msg"]
        assert {key: predicted[key] for key in ("changed", "deleted", "kept", "diff")} == {
            key: real[key] for key in ("changed", "deleted", "kept", "diff")
        }
        assert before - ids_of(cloud) == {row["id"] for row in real["deleted"]}
        told = [row["id"] for row in (*real["deleted"], *real["kept"])]
        assert len(told) == len(set(told))
        assert volumes is not None or set(told) == before
        assert not options["wait"] or not any(
            row.status == "deleting" and row.id in told for row in cloud.project.backups
        )
        cloud.clock.advance(100)
        again = cloud.run("vbs_backup_prune", options)
        assert not again.failed, again["msg"]
        if options["wait"]:
            assert again["changed"] is False
            assert again["kept"] == real["kept"]
