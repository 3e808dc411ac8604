# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_share: for any shares and any options, check mode tells what the run does, and a second run does nothing."""

from __future__ import annotations

import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

BACKUP = "22222222-2222-3333-4444-555555555555"
OTHER_BACKUP = "44444444-2222-3333-4444-555555555555"
PROJECTS = st.sampled_from(("p1", "p2", "p3", "p4"))
# A project may be there twice, made by two tasks at the same moment.
HELD = st.lists(PROJECTS, max_size=5)
SETTINGS = st.fixed_dictionaries(
    {"max_page": st.sampled_from((1, 2, 1000)), "share_again": st.sampled_from(("existing", "refuse"))}
)
STATUS = st.sampled_from(("available", "available", "available", "creating", "error"))

COMMON = {"backup": st.sampled_from((BACKUP, "golden")), "projects": st.lists(PROJECTS, max_size=5)}
OPTIONS = st.one_of(
    st.fixed_dictionaries({**COMMON, "state": st.just("present"), "purge": st.booleans()}),
    st.fixed_dictionaries({**COMMON, "state": st.just("absent")}),
    st.fixed_dictionaries({"backup": COMMON["backup"], "state": st.just("absent")}),
)


def build(settings: Json, status: str, held: list[str]) -> Cloud:
    """A cloud with a backup that is shared with these projects, and another that is shared too."""
    cloud = Cloud(settings, 0)
    cloud.add("backups", id=BACKUP, name="golden", status=status)
    cloud.add("backups", id=OTHER_BACKUP, name="silver")
    for project in held:
        cloud.add("shares", backup_id=BACKUP, to_project_id=project)
    cloud.add("shares", backup_id=OTHER_BACKUP, to_project_id="p1")
    return cloud


def state_of(cloud: Cloud) -> list[tuple[str, str, str]]:
    """All shares as the simulator holds them."""
    return sorted((share.backup_id, share.to_project_id, share.id) for share in cloud.sim.store.shares)


def expected(held: set[str], options: Json) -> set[str]:
    """Whom the backup should be shared with in the end."""
    named = set(options.get("projects", ()))
    if options["state"] == "present":
        return named if options["purge"] else held | named
    return held - named if "projects" in options else set()


def foreseeable(shares: list[Json], added: list[str]) -> list[Json]:
    """Shares without what check mode cannot know of those that are not made yet."""
    unknown = {"id": None, "created_at": None}
    return [{**share, **(unknown if share["to_project_id"] in added else {})} for share in shares]


@given(SETTINGS, STATUS, HELD, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(
    settings: Json, status: str, held: list[str], options: Json
) -> None:
    cloud = build(settings, status, held)
    try:
        _compare(cloud, options, status, set(held), expected(set(held), options))
    finally:
        cloud.close()


def _compare(cloud: Cloud, options: Json, status: str, held: set[str], wanted: set[str]) -> None:
    before = state_of(cloud)
    predicted = cloud.run("vbs_share", options, check_mode=True)
    assert state_of(cloud) == before
    real = cloud.run("vbs_share", options)
    after = state_of(cloud)
    assert predicted.failed == real.failed == (status != "available" and not wanted <= held), (predicted, real)
    if real.failed:
        assert (predicted["msg"], after, real.writes) == (real["msg"], before, [])
        return
    assert {project for backup_id, project, _id in after if backup_id == BACKUP} == wanted
    assert [row for row in after if row[0] == OTHER_BACKUP] == [row for row in before if row[0] == OTHER_BACKUP]
    assert [(row["backup_id"], row["to_project_id"], row["id"]) for row in real["shares"]] == [
        row for row in after if row[0] == BACKUP
    ]
    assert (set(real["added"]), set(real["removed"])) == (wanted - held, held - wanted)
    assert predicted["changed"] == real["changed"] == (after != before)
    assert predicted["shares"] == foreseeable(real["shares"], real["added"])
    assert [predicted[key] for key in ("added", "removed", "diff")] == [
        real[key] for key in ("added", "removed", "diff")
    ]
    _check_writes(real.writes, held, wanted)
    for check_mode in (True, False):
        again = cloud.run("vbs_share", options, check_mode=check_mode)
        assert (again["changed"], again.writes) == (False, [])
        assert (again["shares"], again["added"], again["removed"]) == (real["shares"], [], [])
        assert again["diff"]["before"] == again["diff"]["after"] == real["diff"]["after"]


def _check_writes(writes: list[tuple[str, str]], held: set[str], wanted: set[str]) -> None:
    """One request for all that are missing, and one where all go."""
    assert [method for method, _url in writes].count("POST") == bool(wanted - held)
    if held and not wanted:
        ((method, url),) = writes
        assert method == "DELETE"
        assert url.endswith(f"/{BACKUP}?is_backup_id=true")
