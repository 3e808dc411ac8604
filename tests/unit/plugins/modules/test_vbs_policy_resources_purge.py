# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Purging, and what check mode may say, although the service does not list a policy's volumes (contract §3)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.binding import (
    alone,
    bind,
    by_name,
    counts,
    not_bound,
    project,
    tasks,
    unbind,
    vol,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import OTHER_POLICY, gateway, refusal

Resources = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def resources(run: Resources) -> Resources:
    return functools.partial(run, "vbs_policy_resources")


def wanted(*numbers: int, **more: t.Any) -> Json:
    return {"policy": "nightly", "volumes": [f"data-{number}" for number in numbers], **more}


def purged(*numbers: int) -> Json:
    return wanted(*numbers, purge=True)


def test_purge_stops_after_binding_when_the_count_is_right(resources: Resources) -> None:
    result = resources(purged(1), [counts(0), by_name(1), bind(1), counts(1)])
    assert (result["added"], result["removed"], result["changed"]) == ([vol(1)], [], True)
    again = resources(purged(1), [counts(1), by_name(1), bind(1), counts(1)])
    assert again["changed"] is False


def test_purge_tries_the_policys_own_history_first_one_alone(resources: Resources) -> None:
    calls = [
        alone(2),
        by_name(1),
        bind(1),
        alone(3),
        # Volume 1 is wanted, 7 comes twice.
        tasks(1, 7, 7, 8, 9),
        unbind(7),
        alone(2),
        project(1, 2, 8),
        unbind(8, 9, 2, failed=not_bound(9, 2)),
        alone(1),
    ]
    result = resources(purged(1), calls)
    assert result["removed"] == [vol(7), vol(8)]
    assert (result["added_count"], result["removed_count"], result["resource_count"]) == (1, 2, 1)


def test_purge_stops_at_the_wanted_count_without_looking_further(resources: Resources) -> None:
    calls = [counts(2), by_name(1), bind(1), counts(2), tasks(7, 8), unbind(7), counts(1)]
    assert resources(purged(1), calls)["removed"] == [vol(7)]


def test_purge_without_a_history_tries_the_projects_volumes(resources: Resources) -> None:
    calls = [
        alone(3),
        by_name(1),
        bind(1),
        alone(3),
        tasks(),
        project(1, 2, 3, 4),
        unbind(2, failed=not_bound(2)),
        alone(3),
        unbind(3, 4),
        alone(1),
    ]
    assert resources(purged(1), calls)["removed"] == [vol(3), vol(4)]


def test_purge_passes_over_volumes_that_it_guessed_and_that_are_gone(resources: Resources) -> None:
    gone = {"code": "AutoBackup.0208", "message": "volume not found"}
    entry = [alone(2), by_name(1), bind(1), alone(2), tasks(7, 8), unbind(7, failed={7: gone}), alone(2)]
    assert resources(purged(1), [*entry, project(1), unbind(8), alone(1)])["removed"] == [vol(8)]
    whole = unbind(7).but(status=404, answer=refusal("AutoBackup.0208"))
    assert resources(purged(1), [*entry[:5], whole, project(1), unbind(8), alone(1)])["removed"] == [vol(8)]


def test_purge_tells_why_a_volume_stayed_bound_and_not_who_else_was_refused(resources: Resources) -> None:
    busy = {"code": "AutoBackup.0206", "message": "volume is busy"}
    calls = [alone(2), by_name(1), bind(1), alone(2), tasks(7, 8), unbind(7, failed={7: busy}), alone(2), project(1)]
    stays = resources(purged(1), [*calls, unbind(8, failed=not_bound(8)), alone(2)])
    assert stays["failures"] == [{"volume_id": vol(7), **busy}]
    assert "it holds 2 volumes and should hold 1" in stays["msg"]
    assert (stays["error"]["code"], stays["error"]["retryable"]) == ("AutoBackup.0206", True)
    goes = resources(purged(1), [*calls, unbind(8), alone(1)])
    assert (goes["removed"], goes["failures"], goes.failed) == ([vol(8)], [], False)


def test_purge_sends_each_alone_where_one_that_is_gone_spoils_the_request(resources: Resources) -> None:
    whole = unbind(8, 9).but(status=404, answer=refusal("AutoBackup.0208"))
    calls = [alone(2), by_name(1), bind(1), alone(3), tasks(7, 8, 9), unbind(7), alone(2), project(1), whole]
    calls += [unbind(8).but(status=404, answer=refusal("AutoBackup.0208")), unbind(9), alone(1)]
    assert resources(purged(1), calls)["removed"] == [vol(7), vol(9)]


def test_purge_of_an_empty_list_unbinds_all(resources: Resources) -> None:
    calls = [counts(2), tasks(3), unbind(3), counts(1), project(2, 3), unbind(2), counts(0)]
    result = resources(purged(), calls)
    assert (result["removed"], result["resource_count"]) == ([vol(3), vol(2)], 0)
    assert resources(purged(), [counts(0)])["changed"] is False


def test_purge_stops_with_an_error_if_another_policy_loses_a_volume(resources: Resources) -> None:
    calls = [counts(1, 5), by_name(1), bind(1), counts(2, 5), tasks(), project(1, 2, 3), unbind(2), counts(2, 4)]
    result = resources(purged(1), calls)
    assert result.failed
    assert OTHER_POLICY in result["msg"]
    assert (result["changed"], result["added"]) == (True, [vol(1)])


def test_purge_that_cannot_reach_the_count_says_so(resources: Resources) -> None:
    calls = [
        counts(2),
        by_name(1),
        bind(1),
        counts(2),
        tasks(),
        project(1, 2),
        unbind(2, failed=not_bound(2)),
        counts(2),
    ]
    result = resources(purged(1), calls)
    assert result.failed
    assert "holds 2" in result["msg"]
    assert "should hold 1, but no other volume of the project could be unbound" in result["msg"]
    assert result["changed"] is False


def test_purge_unbinds_nothing_where_fewer_are_bound_than_wanted(resources: Resources) -> None:
    calls = [counts(0), by_name(1), by_name(2), bind(1, 2), counts(1)]
    result = resources(purged(1, 2), calls)
    assert result.failed
    assert "holds 1 volumes and should hold 2, although no binding was refused" in result["msg"]
    assert result["added_count"] == 1


def test_purge_unbinds_nothing_after_a_binding_failed(resources: Resources) -> None:
    failed = {1: {"code": "AutoBackup.0206", "message": "bad state"}}
    result = resources(purged(1), [counts(2), by_name(1), bind(1, failed=failed), counts(2)])
    assert result.failed
    assert len(result["failures"]) == 1


def test_a_refused_unbinding_keeps_what_was_done_before(resources: Resources) -> None:
    refused = unbind(8).but(status=403, answer=gateway("APIGW.0302"))
    calls = [alone(2), tasks(7, 8), unbind(7), alone(1), project(7, 8), refused]
    result = resources(purged(), calls)
    assert result.failed
    assert result["error"]["code"] == "APIGW.0302"
    assert (result["removed"], result["changed"]) == ([vol(7)], True)


def test_a_policy_that_was_never_run_may_refuse_its_history(resources: Resources) -> None:
    calls = [counts(2), tasks().but(status=404, answer=refusal("AutoBackup.0205"))]
    result = resources(purged(), calls)
    assert result["error"]["code"] == "AutoBackup.0205"


class Foreseen(t.NamedTuple):
    """What check mode says. None for changed means: true, with a warning."""

    options: Json
    calls: list[Call]
    changed: bool | None
    result: Json


UNKNOWN = {"added": None, "added_count": None, "removed": [], "removed_count": 0, "resource_count": None}
FORESEEN = {
    "nothing held: all are added": Foreseen(
        wanted(1, 2), [counts(0), by_name(1), by_name(2)], True, {"added": [vol(1), vol(2)], "resource_count": 2}
    ),
    "nothing held, purge": Foreseen(
        purged(1), [counts(0), by_name(1)], True, {"added": [vol(1)], "removed": [], "resource_count": 1}
    ),
    "fewer held than named": Foreseen(wanted(1, 2), [counts(1), by_name(1), by_name(2)], True, UNKNOWN),
    "as many held as named": Foreseen(wanted(1), [counts(1), by_name(1), project(1, 2)], None, UNKNOWN),
    "more held than named": Foreseen(wanted(1), [counts(2), by_name(1), project(1, 2, 3)], None, UNKNOWN),
    "everything held": Foreseen(
        wanted(1), [counts(2), by_name(1), project(1, 2)], False, {"added": [], "resource_count": 2}
    ),
    "another number held, purge": Foreseen(
        purged(1),
        [counts(2), by_name(1)],
        True,
        {"added": None, "removed": None, "removed_count": None, "resource_count": 1},
    ),
    "the same number held, purge": Foreseen(
        purged(1), [counts(1), by_name(1), project(1, 2)], None, {"added": None, "removed": None, "resource_count": 1}
    ),
    "everything held and wanted, purge": Foreseen(
        purged(1), [counts(1), by_name(1), project(1)], False, {"added": [], "removed": [], "resource_count": 1}
    ),
    "purge of all": Foreseen(
        purged(), [counts(2)], True, {"added": [], "removed": None, "removed_count": 2, "resource_count": 0}
    ),
    "purge of nothing": Foreseen(purged(), [counts(0)], False, {"removed": [], "resource_count": 0}),
    "absent, nothing held": Foreseen(
        wanted(1, state="absent"), [counts(0), by_name(1)], False, {"removed": [], "resource_count": 0}
    ),
    "absent, everything held": Foreseen(
        wanted(1, state="absent"),
        [counts(2), by_name(1), project(1, 2)],
        True,
        {"removed": [vol(1)], "removed_count": 1, "resource_count": 1},
    ),
    "absent, something held": Foreseen(
        wanted(1, state="absent"),
        [counts(2), by_name(1), project(1, 2, 3)],
        None,
        {"removed": None, "removed_count": None, "added": [], "resource_count": None},
    ),
    "absent, of a volume that is gone": Foreseen(
        {"policy": "nightly", "volumes": [vol(9)], "state": "absent"},
        [counts(2), project(1, 2)],
        False,
        {"removed": [], "resource_count": 2},
    ),
    "no volumes": Foreseen(wanted(), [counts(2)], False, {"added": [], "resource_count": 2}),
}


@pytest.mark.parametrize("case", FORESEEN.values(), ids=FORESEEN.keys())
def test_check_mode_says_what_the_counts_prove_and_else_a_change_with_a_warning(
    resources: Resources, case: Foreseen
) -> None:
    result = resources(case.options, case.calls, check_mode=True, diff=True)
    assert result["changed"] is (case.changed is not False)
    assert {key: result[key] for key in case.result} == case.result
    assert len(result.warnings) == (case.changed is None)
    assert result["diff"]["after"]["resource_count"] == result["resource_count"]
    assert result["failures"] == []


@pytest.mark.parametrize("options", [wanted(2), wanted(2, state="absent"), purged(2)])
def test_check_mode_resolves_and_refuses_as_the_run_does(resources: Resources, options: Json) -> None:
    none = by_name(2).but(answer={"volumes": []})
    result = resources(options, [counts(3), none], check_mode=True)
    assert result.failed
    assert "'data-2'" in result["msg"]
