# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from simtest import Api, code

PATH = "/v2/{pid}/backuppolicy"
SEARCH = f"{PATH}/resource_instances/action"
MISSING = "99999999-2222-3333-4444-555555555555"


def tag(key: str, value: Any = "") -> dict[str, Any]:
    return {"key": key, "value": value}


def tags(api: Api, policy_id: str) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in api.get(f"{PATH}/{policy_id}/tags")["tags"]}


def search(api: Api, **body: Any) -> Any:
    return api("POST", SEARCH, {"action": "filter", **body})


def found(api: Api, **body: Any) -> list[str]:
    answer = search(api, **body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total_count"] == api("POST", SEARCH, {**body, "action": "count"}).json()["total_count"]
    return [entry["resource_name"] for entry in answer.json()["resources"]]


def test_unknown_policy(api: Api) -> None:
    for method, path, body in (
        ("POST", "tags", {"tag": tag("a")}),
        ("GET", "tags", None),
        ("DELETE", "tags/a", None),
        ("POST", "tags/action", {"action": "create", "tags": []}),
    ):
        assert code(api(method, f"{PATH}/{MISSING}/{path}", body)) == "404 AutoBackup.0205"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({}, ".0008"),
        ({"tag": []}, ".0008"),
        ({"tag": {"key": "a"}}, ".0214"),
        ({"tag": {"key": "a", "value": None}}, ".0214"),
        ({"tag": tag("")}, ".0214"),
        ({"tag": tag("k" * 37)}, ".0214"),
        ({"tag": tag("k", "v" * 44)}, ".0214"),
        ({"tag": tag("a/b")}, ".0214"),
    ],
)
def test_refused_tag(api: Api, given: dict[str, Any], refused: str) -> None:
    assert code(api("POST", f"{PATH}/{api.policy()}/tags", given)) == f"400 AutoBackup{refused}"


def test_one_tag_at_a_time(api: Api) -> None:
    policy_id = api.policy(tags=[tag("a", "1")])
    for key, value in (("a", "2"), ("b c#1", ""), ("数", "x")):
        answer = api("POST", f"{PATH}/{policy_id}/tags", {"tag": tag(key, value)})
        assert (answer.status_code, answer.content) == (204, b"")
    assert tags(api, policy_id) == {"a": "2", "b c#1": "", "数": "x"}
    for key in ("b%20c%231", "%E6%95%B0"):
        assert api("DELETE", f"{PATH}/{policy_id}/tags/{key}").status_code == 204
    assert tags(api, policy_id) == {"a": "2"}
    for key in ("gone", "a%2Fb"):
        assert code(api("DELETE", f"{PATH}/{policy_id}/tags/{key}")) == "404 AutoBackup.0216"


def test_at_most_ten(api: Api) -> None:
    policy_id = api.policy(tags=[tag(f"k{n}") for n in range(10)])
    assert api("POST", f"{PATH}/{policy_id}/tags", {"tag": tag("k1", "new")}).status_code == 204
    assert code(api("POST", f"{PATH}/{policy_id}/tags", {"tag": tag("k10")})) == "400 AutoBackup.0215"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"tags": []}, ".0222"),
        ({"action": "Create", "tags": []}, ".0222"),
        ({"action": "create", "tags": [{"key": "a"}]}, ".0214"),
        ({"action": "create", "tags": [tag("k" * 37)]}, ".0214"),
        ({"action": "delete", "tags": [tag("k" * 128)]}, ".0214"),
        ({"action": "delete", "tags": [tag("k", "v" * 256)]}, ".0214"),
        ({"action": "delete", "tags": "a"}, ".0214"),
    ],
)
def test_refused_batch(api: Api, body: dict[str, Any], refused: str) -> None:
    assert code(api("POST", f"{PATH}/{api.policy()}/tags/action", body)) == f"400 AutoBackup{refused}"


def test_batches(api: Api) -> None:
    policy_id = api.policy(tags=[tag("a", "1"), tag("b", "1")])

    def batch(action: str, *given: dict[str, Any]) -> dict[str, str]:
        answer = api("POST", f"{PATH}/{policy_id}/tags/action", {"action": action, "tags": list(given)})
        assert (answer.status_code, answer.content) == (204, b"")
        return tags(api, policy_id)

    assert batch("create", tag("a", "2"), tag("c", "")) == {"a": "2", "b": "1", "c": ""}
    assert batch("update", tag("b", "3"), tag("d", "4")) == {"a": "2", "b": "3", "c": "", "d": "4"}
    assert batch("delete", {"key": "a"}, tag("b", "other"), tag("gone")) == {"b": "3", "c": "", "d": "4"}
    assert batch("delete", tag("b", "3"), tag("c", "")) == {"d": "4"}
    assert api("POST", f"{PATH}/{policy_id}/tags/action", {"action": "delete"}).status_code == 204


def test_all_tags_of_the_project(api: Api, other: Api) -> None:
    assert api.get(f"{PATH}/tags") == {"tags": []}
    api.policy("one", tags=[tag("env", "test"), tag("x", "")])
    api.policy("two", tags=[tag("env", "prod")])
    other.policy("three", tags=[tag("secret", "1")])
    assert api.get(f"{PATH}/tags") == {
        "tags": [{"key": "env", "values": ["test", "prod"]}, {"key": "x", "values": [""]}]
    }


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"action": "Filter"}, ".0222"),
        ({"limit": 10}, ".0008"),
        ({"limit": "0"}, ".0008"),
        ({"limit": "1001"}, ".0008"),
        ({"offset": "-1"}, ".0008"),
        ({"offset": 0}, ".0008"),
        ({"matches": [{"key": "name", "value": "x"}]}, ".0008"),
        ({"tags": []}, ".0214"),
        ({"tags": [{"key": "a"}]}, ".0214"),
        ({"tags": [{"key": "a", "values": []}]}, ".0214"),
        ({"tags_any": [{"key": "a", "values": ["1", "1"]}]}, ".0214"),
        ({"not_tags": [{"key": "a", "values": ["1"]}] * 2}, ".0214"),
        ({"not_tags_any": [{"key": f"k{n}", "values": ["1"]} for n in range(11)]}, ".0214"),
        ({"tags": [{"key": "a", "values": [str(n) for n in range(11)]}]}, ".0214"),
    ],
)
def test_refused_search(api: Api, body: dict[str, Any], refused: str) -> None:
    assert code(search(api, **body)) == f"400 AutoBackup{refused}"


def test_search(api: Api) -> None:
    api.policy("week-a", tags=[tag("env", "test"), tag("team", "x")])
    api.policy("week-b", tags=[tag("env", "prod")])
    api.policy("day", tags=[tag("team", "x")])
    env, team = {"key": "env", "values": ["test", "prod"]}, {"key": "team", "values": ["x"]}
    assert found(api) == ["week-a", "week-b", "day"]
    assert found(api, tags=[env]) == ["week-a", "week-b"]
    assert found(api, tags=[env, team]) == ["week-a"]
    assert found(api, tags_any=[env, team]) == ["week-a", "week-b", "day"]
    assert found(api, not_tags=[env, team]) == ["week-b", "day"]
    assert found(api, not_tags_any=[env, team]) == []
    assert found(api, not_tags_any=[{"key": "env", "values": ["prod"]}]) == ["week-a", "day"]
    assert found(api, matches=[{"key": "resource_name", "value": "week"}]) == ["week-a", "week-b"]


def test_search_pages_and_body(api: Api) -> None:
    ids = [api.policy(f"p{number}") for number in range(3)]
    body = search(api, limit="2", offset="1").json()
    assert body["total_count"] == 3
    assert body["resources"] == [
        {"resource_id": ids[number], "resource_name": f"p{number}", "resource_detail": None, "tags": []}
        for number in (1, 2)
    ]
    assert api("POST", SEARCH, {"action": "count"}).json() == {"total_count": 3}
