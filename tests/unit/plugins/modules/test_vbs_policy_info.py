# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    listed,
    policy,
    refusal,
)

PolicyInfo = t.Callable[..., Result]
Json = dict[str, t.Any]

SEARCH = vbs("POST", "/v2/backuppolicy/resource_instances/action")


@pytest.fixture
def policy_info(run: PolicyInfo) -> PolicyInfo:
    return functools.partial(run, "vbs_policy_info")


def hit(policy_id: str = POLICY, name: str = "nightly", **tags: str) -> Json:
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    return {"resource_id": policy_id, "resource_name": name, "resource_detail": None, "tags": pairs}


def search(*hits: Json, offset: int = 0, total: int | None = None, **conditions: t.Any) -> Call:
    body = {"action": "filter", "limit": "100", "offset": str(offset), **conditions}
    count = len(hits) if total is None else total
    return SEARCH.but(body=body, answer={"total_count": count, "resources": list(hits)})


def count(number: int, **conditions: t.Any) -> Call:
    return SEARCH.but(body={"action": "count", **conditions}, answer={"total_count": number})


def ids(result: Result) -> list[str]:
    assert result["changed"] is False
    return [row["id"] for row in result["policies"]]


def test_all_policies_come_in_the_services_order_with_documented_keys(policy_info: PolicyInfo) -> None:
    weekly = policy(
        OTHER_POLICY,
        "weekly",
        2,
        plan={
            "start_time": "22:00,02:00",
            "frequency": None,
            "week_frequency": ["SUN", "WED"],
            "rentention_num": None,
            "rentention_day": 30,
            "remain_first_backup_of_curMonth": "Y",
            "status": "OFF",
        },
        zone="UTC+08:00",
    )
    result = policy_info({}, [listed(weekly, policy())])
    assert ids(result) == [OTHER_POLICY, POLICY]
    assert result["count"] == 2
    assert result["policies"][0] == {
        "id": OTHER_POLICY,
        "name": "weekly",
        "enabled": False,
        "start_times": ["06:00", "10:00"],
        "start_times_utc": ["22:00", "02:00"],
        "time_zone": "UTC+08:00",
        "frequency": None,
        "weekdays": ["WED", "SUN"],
        "retention_count": None,
        "retention_days": 30,
        "keep_first_of_month": True,
        "resource_count": 2,
        "tags": None,
    }


def test_a_zone_that_is_not_returned_is_null_and_the_times_are_utc(policy_info: PolicyInfo) -> None:
    row = policy_info({}, [listed(policy(plan={"start_time": "23:00,21:00"}))])["policies"][0]
    assert (row["time_zone"], row["start_times"]) == (None, ["21:00", "23:00"])


def test_without_policies_the_list_is_empty(policy_info: PolicyInfo) -> None:
    result = policy_info({}, [listed()])
    assert (result["policies"], result["count"]) == ([], 0)


def test_an_id_finds_one(policy_info: PolicyInfo) -> None:
    rows = listed(policy(OTHER_POLICY), policy())
    assert ids(policy_info({"id": POLICY}, [rows])) == [POLICY]
    assert ids(policy_info({"id": "other"}, [rows])) == []


def test_a_name_finds_all_that_have_exactly_it(policy_info: PolicyInfo) -> None:
    rows = listed(policy(), policy(OTHER_POLICY), policy("third", "nightly2"))
    assert ids(policy_info({"name": "nightly"}, [rows])) == [POLICY, OTHER_POLICY]
    assert ids(policy_info({"name": "night"}, [rows])) == []


def test_id_and_name_must_both_fit(policy_info: PolicyInfo) -> None:
    assert ids(policy_info({"id": POLICY, "name": "weekly"}, [listed(policy())])) == []


def test_tags_are_searched_for_by_the_service_and_shown(policy_info: PolicyInfo) -> None:
    wanted = [{"key": "env", "values": ["prod", "test"]}, {"key": "tier", "values": ["1"]}]
    calls = [search(hit(env="prod", tier="1"), tags=wanted), listed(policy(OTHER_POLICY), policy())]
    result = policy_info({"tags": {"env": ["prod", "test"], "tier": 1}}, calls)
    assert ids(result) == [POLICY]
    assert result["policies"][0]["tags"] == {"env": "prod", "tier": "1"}


def test_every_condition_goes_out_in_one_search(policy_info: PolicyInfo) -> None:
    one = [{"key": "env", "values": ["prod"]}]
    calls = [
        search(
            hit(),
            tags=one,
            tags_any=one,
            not_tags=one,
            not_tags_any=one,
            matches=[{"key": "resource_name", "value": "night"}],
        ),
        listed(policy()),
    ]
    env = {"env": "prod"}
    options = {"tags": env, "tags_any": env, "not_tags": env, "not_tags_any": env, "name_contains": "night"}
    result = policy_info(options, calls)
    assert result["policies"][0]["tags"] == {}


def test_a_search_without_a_hit_needs_no_listing(policy_info: PolicyInfo) -> None:
    result = policy_info({"name_contains": "x"}, [search(matches=[{"key": "resource_name", "value": "x"}])])
    assert (result["policies"], result["count"]) == ([], 0)


def test_a_search_goes_to_its_last_page(policy_info: PolicyInfo) -> None:
    hits = [hit(f"p{number}") for number in range(201)]
    wanted = {"tags": [{"key": "env", "values": ["prod"]}]}
    calls = [
        search(*hits[:100], total=201, **wanted),
        search(*hits[100:200], offset=100, total=201, **wanted),
        search(*hits[200:], offset=200, total=201, **wanted),
        listed(*[policy(f"p{number}") for number in range(201)]),
    ]
    assert policy_info({"tags": {"env": "prod"}}, calls)["count"] == 201


def test_a_search_that_repeats_itself_is_a_clear_failure(policy_info: PolicyInfo) -> None:
    wanted = {"tags": [{"key": "env", "values": ["prod"]}]}
    result = policy_info(
        {"tags": {"env": "prod"}}, [search(hit(), total=3, **wanted), search(hit(), offset=1, total=3, **wanted)]
    )
    assert result.failed
    assert "repeats itself" in result["msg"]


def test_a_search_that_promises_more_than_it_gives_ends(policy_info: PolicyInfo) -> None:
    wanted = {"tags": [{"key": "env", "values": ["prod"]}]}
    calls = [search(hit(), total=5, **wanted), search(offset=1, total=5, **wanted), listed(policy())]
    assert policy_info({"tags": {"env": "prod"}}, calls)["count"] == 1


def test_a_search_that_repeats_itself_ends_in_a_clear_failure(policy_info: PolicyInfo) -> None:
    wanted = {"tags": [{"key": "env", "values": ["prod"]}]}
    calls = [search(hit(), total=3, **wanted), search(hit(), offset=1, total=3, **wanted)]
    result = policy_info({"tags": {"env": "prod"}}, calls)
    assert result.failed
    assert "repeats itself" in result["msg"]


def test_count_only_asks_the_service_to_count(policy_info: PolicyInfo) -> None:
    result = policy_info(
        {"tags_any": {"env": "prod"}, "count_only": True}, [count(7, tags_any=[{"key": "env", "values": ["prod"]}])]
    )
    assert (result["policies"], result["count"]) == ([], 7)


def test_count_only_without_a_search_counts_the_list(policy_info: PolicyInfo) -> None:
    rows = listed(policy(), policy(OTHER_POLICY, "weekly"))
    assert policy_info({"count_only": True}, [rows])["count"] == 2
    result = policy_info({"count_only": True, "name": "weekly"}, [rows])
    assert (result["policies"], result["count"]) == ([], 1)


def test_count_only_with_a_name_and_tags_looks_at_both(policy_info: PolicyInfo) -> None:
    hits = search(hit(), hit(OTHER_POLICY, "weekly"), tags=[{"key": "env", "values": ["prod"]}])
    calls = [hits, listed(policy(), policy(OTHER_POLICY, "weekly"))]
    assert policy_info({"count_only": True, "name": "weekly", "tags": {"env": "prod"}}, calls)["count"] == 1


def test_check_mode_reads_the_same(policy_info: PolicyInfo) -> None:
    calls = [search(hit(), tags=[{"key": "env", "values": ["prod"]}]), listed(policy())]
    assert ids(policy_info({"tags": {"env": "prod"}}, calls, check_mode=True, diff=True)) == [POLICY]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"id": "a b"}, "id"),
        ({"name": ""}, "name"),
        ({"name_contains": ""}, "name_contains"),
        ({"name_contains": "a\nb"}, "name_contains"),
        ({"tags": {"env": []}}, "tags"),
        ({"tags": {"env": ["a", "a"]}}, "tags"),
        ({"tags": {"env": ["1", 1]}}, "tags"),
        ({"tags_any": {"env": [f"v{number}" for number in range(11)]}}, "tags_any"),
        ({"not_tags": {f"k{number}": "v" for number in range(11)}}, "not_tags"),
        ({"not_tags_any": {"env": True}}, "not_tags_any"),
        ({"not_tags_any": {"env": None}}, "not_tags_any"),
        ({"tags": {"env": {"a": "b"}}}, "tags"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    policy_info: PolicyInfo, options: Json, named: str
) -> None:
    result = policy_info(options)
    assert result.failed
    assert result["msg"].startswith(named + ":")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"resources": []},
        {"total_count": "x", "resources": []},
        {"total_count": True},
        {"total_count": 1},
        {"total_count": 1, "resources": [{}]},
        {"total_count": 1, "resources": [{"resource_id": POLICY, "tags": ["env"]}]},
        {"total_count": 1, "resources": [{"resource_id": POLICY, "tags": [{"value": "prod"}]}]},
    ],
)
def test_an_unusable_search_answer_is_a_clear_failure(policy_info: PolicyInfo, answer: Json) -> None:
    body = {"action": "filter", "limit": "100", "offset": "0", "tags": [{"key": "env", "values": ["prod"]}]}
    result = policy_info({"tags": {"env": "prod"}}, [SEARCH.but(body=body, answer=answer)])
    assert result.failed
    assert "search policies" in result["msg"]


def test_a_refused_search_is_told(policy_info: PolicyInfo) -> None:
    body = {"action": "count", "tags": [{"key": "env", "values": ["prod"]}]}
    call = SEARCH.but(body=body, status=400, answer=refusal("AutoBackup.0214"))
    result = policy_info({"tags": {"env": "prod"}, "count_only": True}, [call])
    assert result["error"]["code"] == "AutoBackup.0214"


def test_strange_policies_become_nulls_and_no_crash(policy_info: PolicyInfo) -> None:
    strange = {
        "backup_policy_id": POLICY,
        "backup_policy_name": 5,
        "scheduled_policy": {"start_time": ["x"], "frequency": {}, "status": "MAYBE", "week_frequency": 7},
        "policy_resource_count": "many",
        "time_zone": 8,
    }
    row = policy_info({}, [listed(strange, {"backup_policy_id": "p2", "scheduled_policy": "none"})])["policies"][0]
    assert row == {
        **dict.fromkeys(row),
        "id": POLICY,
        "start_times": [],
        "start_times_utc": [],
    }
