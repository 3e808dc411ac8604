# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, binding, tasks and tags: one call each, as F §6 has them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._api import policies as api
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import (
    count_policies,
    delete_policy_tags,
    get_policy_tags,
    get_project_tags,
    search_policies,
    set_policy_tags,
    tags_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    LostAnswerError,
    OptionError,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import lost, vbs

POLICY = "66666666-2222-3333-4444-555555555555"
LIST = vbs("GET", "/v2/backuppolicy")
GONE = {"status": 404, "answer": {"error": {"code": "AutoBackup.0205", "message": "policy not found"}}}
TAG_GONE = {"status": 404, "answer": {"error": {"code": "AutoBackup.0216", "message": "tag not found"}}}
SEARCH = vbs("POST", "/v2/backuppolicy/resource_instances/action")


def policy(policy_id: str, name: t.Any) -> dict[str, t.Any]:
    return {"backup_policy_id": policy_id, "backup_policy_name": name}


def test_all_policies_are_listed_in_the_services_order_with_trimmed_keys() -> None:
    rows = [policy("p2", "b"), {"backup_policy_id": "p1", "backup_policy_name ": "a"}]
    found = during([LIST.but(answer={"backup_policies": rows})], api.list_policies)
    assert found == [policy("p2", "b"), policy("p1", "a")]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"backup_policies": None},
        {"backup_policies": {}},
        {"backup_policies": [None]},
        {"backup_policies": [{}]},
        {"backup_policies": [policy("", "a")]},
        {"backup_policies": [{"backup_policy_id": 7}]},
    ],
)
def test_an_answer_that_is_no_list_of_policies_is_an_error(answer: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="list policies"):
        during([LIST.but(answer=answer)], api.list_policies)


def test_a_policy_is_picked_by_id_else_by_name() -> None:
    rows = [policy("p1", "a"), policy("p2", "b"), policy("p3", "b"), policy("p4", None)]
    assert api.pick_policy(rows, "p2", "a") == rows[1]
    assert api.pick_policy(rows, "p9", "a") is None
    assert api.pick_policy(rows, None, "a") == rows[0]
    assert api.pick_policy(rows, None, "z") is None
    with pytest.raises(OptionError, match="p2, p3") as caught:
        api.pick_policy(rows, None, "b")
    assert caught.value.option == "name"


def test_an_option_takes_an_id_first_then_a_name() -> None:
    rows = [policy("p1", "p2"), policy("p2", "a"), policy("p3", "b"), policy("p4", "b")]
    assert api.find_policy(rows, "policy", "p2") == rows[1]
    assert api.find_policy(rows, "policy", "a") == rows[1]
    for text, expected in (("z", "no policy 'z'"), ("b", "p3, p4")):
        with pytest.raises(OptionError, match=expected) as caught:
            api.find_policy(rows, "policy", text)
        assert caught.value.option == "policy"


def test_a_policy_is_created_changed_and_deleted() -> None:
    body = {"backup_policy_name": "a", "scheduled_policy": {}}
    create = vbs("POST", "/v2/backuppolicy", body=body, answer={"backup_policy_id": POLICY})
    assert during([create], lambda client: api.create_policy(client, body)) == POLICY
    change = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body=body, answer={"backup_policy_id": POLICY})
    during([change], lambda client: api.change_policy(client, POLICY, body))
    delete = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204)
    assert during([delete], lambda client: api.delete_policy(client, POLICY)) is True
    assert during([delete.but(**GONE)], lambda client: api.delete_policy(client, POLICY)) is False
    with pytest.raises(ApiError):
        during([delete.but(status=403)], lambda client: api.delete_policy(client, POLICY))


@pytest.mark.parametrize(
    "given", [{"answer": {}}, {"answer": {"backup_policy_id": 7}}, {"error": lost()}, {"status": 502}]
)
def test_a_policy_whose_creation_says_nothing_is_a_lost_answer(given: dict[str, t.Any]) -> None:
    body = {"backup_policy_name": "a"}
    call = vbs("POST", "/v2/backuppolicy", body=body, **given)
    with pytest.raises(LostAnswerError, match="create policy 'a'"):
        during([call], lambda client: api.create_policy(client, body), retries=3)


def test_a_change_of_a_policy_may_be_repeated() -> None:
    call = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={}, error=lost())
    during([call, call.but(error=None)], lambda client: api.change_policy(client, POLICY, {}), retries=1)


def test_binding_names_the_type_and_reads_both_lists() -> None:
    resources = [{"resource_id": name, "resource_type": "volume"} for name in ("v1", "v2")]
    failed = {"resource_id": "v2", "code": "AutoBackup.0208", "message": "volume not found"}
    answer = {"success_resources": [{"resource_id": "v1", "resource_type": "volume"}], "fail_resources": [failed]}
    body = {"backup_policy_id": POLICY, "resources": resources}
    call = vbs("POST", "/v2/backuppolicyresources", body=body, answer=answer)
    found = during([call], lambda client: api.bind_volumes(client, POLICY, ["v1", "v2"]))
    assert found == api.BindAnswer(["v1"], [failed])


def test_unbinding_reads_both_lists_and_entries_without_a_code() -> None:
    answer = {"success_resources": [], "fail_resources": [{"resource_id": "v1"}]}
    path = f"/v2/backuppolicyresources/{POLICY}/deleted_resources"
    call = vbs("POST", path, body={"resources": [{"resource_id": "v1"}]}, answer=answer)
    found = during([call], lambda client: api.unbind_volumes(client, POLICY, ["v1"]))
    assert found == api.BindAnswer([], [{"resource_id": "v1"}])


BIND = vbs("POST", "/v2/backuppolicyresources", body={"backup_policy_id": POLICY, "resources": []})


def test_one_of_the_two_lists_may_be_missing_and_a_binding_may_be_repeated() -> None:
    calls = [BIND.but(status=500), BIND.but(answer={"success_resources": [{"resource_id": "v1"}]})]
    assert during(calls, lambda client: api.bind_volumes(client, POLICY, []), retries=1).done == ["v1"]
    only_failed = BIND.but(answer={"fail_resources": []})
    assert during([only_failed], lambda client: api.bind_volumes(client, POLICY, [])) == api.BindAnswer([], [])


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"resources": []},
        {"success_resources": {}},
        {"success_resources": ["v1"]},
        {"success_resources": [{"id": "v1"}]},
        {"success_resources": [], "fail_resources": "v1"},
        {"success_resources": [], "fail_resources": [7]},
    ],
)
def test_an_answer_that_does_not_say_what_was_bound_is_an_error(answer: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match=f"bind volumes to policy {POLICY}"):
        during([BIND.but(answer=answer)], lambda client: api.bind_volumes(client, POLICY, []))


def test_tasks_are_listed_newest_first_to_their_count() -> None:
    path = f"/v2/backuppolicy/{POLICY}/backuptasks?sort_key=created_at"
    first = {"count": 3, "tasks": [{"job_id": "t1"}, {"job_id": "t2"}]}
    calls = [
        vbs("GET", f"{path}&sort_dir=desc&limit=1000", answer=first),
        vbs("GET", f"{path}&sort_dir=desc&limit=1000&offset=2", answer={"count": 3, "tasks": [{"job_id": "t3"}]}),
    ]
    found = during(calls, lambda client: list(api.list_tasks(client, POLICY)))
    assert [task["job_id"] for task in found] == ["t1", "t2", "t3"]
    call = vbs("GET", f"{path}&sort_dir=asc&status=SKIP&limit=1000", answer={"count": 0, "tasks": []})
    assert during([call], lambda client: list(api.list_tasks(client, POLICY, status="SKIP", sort_dir="asc"))) == []


def test_tags_of_a_policy_are_a_dictionary() -> None:
    pairs = [{"key": "env", "value": "test"}, {"key": "empty", "value": ""}, {"key": "none"}]
    call = vbs("GET", f"/v2/backuppolicy/{POLICY}/tags", answer={"tags": pairs})
    assert during([call], lambda client: get_policy_tags(client, POLICY)) == {"env": "test", "empty": "", "none": ""}
    for answer in ({}, {"tags": {}}, {"tags": ["x"]}, {"tags": [{"value": "x"}]}, {"tags": [{"key": 7}]}):
        with pytest.raises(AnswerError, match=f"read tags of policy {POLICY}"):
            during([call.but(answer=answer)], lambda client: get_policy_tags(client, POLICY))
    assert tags_of({"tags": []}, "read") == {}


def test_tags_of_all_policies_are_lists_of_values() -> None:
    pairs = [{"key": "env", "values": ["test", "prod"]}, {"key": "env", "values": ["prod", ""]}]
    call = vbs("GET", "/v2/backuppolicy/tags", answer={"tags": pairs})
    assert during([call], get_project_tags) == {"env": ["", "prod", "test"]}
    for row in (7, {}, {"key": "env"}, {"key": "env", "values": "x"}, {"key": "env", "values": [7]}, {"values": []}):
        with pytest.raises(AnswerError, match="read the tags of all policies"):
            during([call.but(answer={"tags": [row]})], get_project_tags)


def test_one_tag_is_added_by_the_single_call_several_by_the_batch() -> None:
    path = f"/v2/backuppolicy/{POLICY}/tags"
    one = vbs("POST", path, body={"tag": {"key": "a", "value": ""}}, status=204)
    during([one], lambda client: set_policy_tags(client, POLICY, {"a": ""}, all_exist=False))
    pairs = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    several = vbs("POST", f"{path}/action", body={"action": "create", "tags": pairs}, status=204)
    during([several], lambda client: set_policy_tags(client, POLICY, {"a": "1", "b": "2"}, all_exist=False))


@pytest.mark.parametrize("tags", [{"a": "1"}, {"a": "1", "b": "2"}])
def test_values_are_changed_by_the_batch_which_alone_is_known_to_overwrite(tags: dict[str, str]) -> None:
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    body = {"action": "update", "tags": pairs}
    call = vbs("POST", f"/v2/backuppolicy/{POLICY}/tags/action", body=body, status=204)
    during([call], lambda client: set_policy_tags(client, POLICY, tags, all_exist=True))


def test_one_tag_is_deleted_by_its_encoded_key_several_by_the_batch() -> None:
    path = f"/v2/backuppolicy/{POLICY}/tags"
    one = vbs("DELETE", f"{path}/a%20b%231", status=204)
    during([one], lambda client: delete_policy_tags(client, POLICY, ["a b#1"]))
    body = {"action": "delete", "tags": [{"key": "a"}, {"key": "b"}]}
    several = vbs("POST", f"{path}/action", body=body, status=204)
    during([several], lambda client: delete_policy_tags(client, POLICY, ["a", "b"]))


@pytest.mark.parametrize("key", [".", "..", "..."])
def test_a_key_that_would_change_the_address_is_deleted_by_the_batch(key: str) -> None:
    body = {"action": "delete", "tags": [{"key": key}]}
    call = vbs("POST", f"/v2/backuppolicy/{POLICY}/tags/action", body=body, status=204)
    during([call], lambda client: delete_policy_tags(client, POLICY, [key]))


def test_a_tag_that_is_gone_already_is_no_failure() -> None:
    one = vbs("DELETE", f"/v2/backuppolicy/{POLICY}/tags/a", **TAG_GONE)
    during([one], lambda client: delete_policy_tags(client, POLICY, ["a"]))
    with pytest.raises(ApiError, match="policy not found"):
        during([one.but(**GONE)], lambda client: delete_policy_tags(client, POLICY, ["a"]))
    with pytest.raises(ApiError, match="delete tags of policy"):
        during([one.but(status=403, answer={})], lambda client: delete_policy_tags(client, POLICY, ["a"]))


def filtering(offset: int) -> dict[str, t.Any]:
    return {"action": "filter", "limit": "100", "offset": str(offset), "tags": [{"key": "env", "values": ["prod"]}]}


def test_a_search_goes_on_to_its_total_with_texts_for_limit_and_offset() -> None:
    conditions = {"tags": [{"key": "env", "values": ["prod"]}]}
    calls = [
        SEARCH.but(body=filtering(0), answer={"total_count": 3, "resources": [{"resource_id": n} for n in "ab"]}),
        SEARCH.but(body=filtering(2), answer={"total_count": 3, "resources": [{"resource_id": "c"}]}),
    ]
    found = during(calls, lambda client: search_policies(client, conditions))
    assert [row["resource_id"] for row in found] == ["a", "b", "c"]
    short = SEARCH.but(body=filtering(0), answer={"total_count": 3, "resources": []})
    assert during([short], lambda client: search_policies(client, conditions)) == []
    count = SEARCH.but(body={"action": "count", **conditions}, answer={"total_count": 3})
    assert during([count], lambda client: count_policies(client, conditions)) == 3


def test_a_search_that_repeats_itself_is_an_error_not_a_wrong_result() -> None:
    rows = {"total_count": 3, "resources": [{"resource_id": "a"}, {"resource_id": "b"}]}
    calls = [SEARCH.but(body={**filtering(0)}, answer=rows), SEARCH.but(body={**filtering(2)}, answer=rows)]
    conditions = {"tags": [{"key": "env", "values": ["prod"]}]}
    with pytest.raises(AnswerError, match="search policies"):
        during(calls, lambda client: search_policies(client, conditions))


@pytest.mark.parametrize("total", [None, "3", True, 1.5, []])
def test_a_search_without_a_total_is_an_error(total: t.Any) -> None:
    call = SEARCH.but(body={"action": "count"}, answer={"total_count": total})
    with pytest.raises(AnswerError, match="total_count"):
        during([call], lambda client: count_policies(client, {}))
