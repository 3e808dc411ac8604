# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import json
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import KEYS, USER, sign_in
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    POLICY,
    SERVER,
    found,
    policy,
    refusal,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, csbs

PolicyInfo = t.Callable[..., Result]

# F §14.6, as it is there.
EXAMPLE = json.loads(
    r'{"policy":{"id":"88888888-2222-3333-4444-555555555555","name":"servers","status":"suspended",'
    r'"created_at":"2024-01-02T03:00:00.000001","project_id":"0123456789abcdef0123456789abcdef",'
    r'"provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da","parameters":{"common":{}},'
    r'"resources":[{"id":"aaaaaaaa-2222-3333-4444-555555555555","type":"OS::Nova::Server","name":"web-1","extra_info":{}}],'
    r'"scheduled_operations":[{"id":"eeeeeeee-2222-3333-4444-555555555555","name":"daily","enabled":true,'
    r'"operation_type":"backup","operation_definition":{"max_backups":"7","retention_duration_days":"-1",'
    r'"permanent":"False","plan_id":"88888888-2222-3333-4444-555555555555",'
    r'"provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da"},"trigger_id":"f0f0f0f0-2222-3333-4444-555555555555",'
    r'"trigger":{"id":"f0f0f0f0-2222-3333-4444-555555555555","name":"default","type":"time",'
    r'"properties":{"pattern":"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT\r\n'
    r'END:VCALENDAR\r\n","start_time":"2024-01-02 03:00:00","format":"ical"}}}]}}'
)
PATTERN = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
SHOWN = {
    "id": POLICY,
    "name": "servers",
    "description": None,
    "status": "suspended",
    "enabled": True,
    "servers": [{"id": SERVER, "name": "web-1", "type": "OS::Nova::Server"}],
    "schedules": [
        {
            "id": "eeeeeeee-2222-3333-4444-555555555555",
            "name": "daily",
            "enabled": True,
            "pattern": PATTERN,
            "retention_count": 7,
            "retention_days": None,
            "permanent": False,
        }
    ],
    "tags": None,
    "created_at": "2024-01-02T03:00:00Z",
}


@pytest.fixture
def policy_info(run: PolicyInfo) -> PolicyInfo:
    return functools.partial(run, "csbs_policy_info")


def one(policy_id: str = POLICY, **more: t.Any) -> Call:
    return csbs("GET", f"/v1/policies/{policy_id}", **more)


def test_the_documented_answer_becomes_the_documented_result(policy_info: PolicyInfo) -> None:
    assert policy_info({"id": POLICY}, [one(answer=EXAMPLE)])["policies"] == [SHOWN]


def test_a_list_gives_the_same_as_one(policy_info: PolicyInfo) -> None:
    result = policy_info({"name": "servers"}, [found(EXAMPLE["policy"])])
    assert result["policies"] == [SHOWN]
    assert result["changed"] is False


def test_names_are_compared_again_and_no_match_is_an_empty_list(policy_info: PolicyInfo) -> None:
    assert policy_info({"name": "serv"}, [found(policy(), name="serv")])["policies"] == []
    assert policy_info({"id": POLICY, "name": "other"}, [one(answer={"policy": policy()})])["policies"] == []
    missing = one(status=404, answer=refusal("CSBS.3000"))
    assert policy_info({"id": POLICY}, [missing])["policies"] == []


def test_all_pages_are_read_by_the_links_query(policy_info: PolicyInfo) -> None:
    second = policy(policy_id="88888889-2222-3333-4444-555555555555", name="more")
    link = {"rel": "next", "href": f"http://10.0.0.1/policies?limit=1000&marker={POLICY}"}
    calls = [
        csbs("GET", "/v1/policies?limit=1000", answer={"policies": [policy()], "policies_links": [link]}),
        csbs("GET", f"/v1/policies?limit=1000&marker={POLICY}", answer={"policies": [second]}),
    ]
    assert [row["name"] for row in policy_info({}, calls)["policies"]] == ["servers", "more"]


def test_whatever_type_a_field_has_it_is_no_crash(policy_info: PolicyInfo) -> None:
    operation = {
        "enabled": "false",
        "operation_definition": '{"max_backups": 5.0, "retention_duration_days": "30", "permanent": true}',
        "trigger": {"properties": '{"pattern": "RRULE"}'},
    }
    rows = [
        policy(scheduled_operations=[operation, "text", None], tags=[{"key": "env", "value": "test"}, {"key": "a"}]),
        policy(policy_id="b", resources=None, scheduled_operations={}, tags={}, status=None, created_at=5),
        policy(policy_id="c", resources=["a", {"id": 7, "extra_info": "{}"}], scheduled_operations=[{"trigger": []}]),
    ]
    calls = [csbs("GET", "/v1/policies?limit=1000", answer={"policies": rows})]
    first, second, third = policy_info({}, calls)["policies"]
    schedule = first["schedules"][0]
    assert (schedule["retention_count"], schedule["retention_days"], schedule["permanent"]) == (5, 30, True)
    assert (schedule["pattern"], schedule["enabled"], first["enabled"]) == ("RRULE", False, False)
    assert first["tags"] == {"env": "test", "a": ""}
    assert (second["servers"], second["schedules"], second["enabled"], second["tags"]) == ([], [], None, None)
    assert (second["status"], second["created_at"]) == (None, None)
    assert third["servers"] == [{"id": None, "name": None, "type": None}]


@pytest.mark.parametrize("extra_info", [{}, "{}", "not JSON", None, {"a": 1}])
def test_extra_info_of_any_type_is_normal(policy_info: PolicyInfo, extra_info: t.Any) -> None:
    row = policy(resources=[{"id": SERVER, "type": "OS::Nova::Server", "name": "web-1", "extra_info": extra_info}])
    assert policy_info({"name": "servers"}, [found(row)])["policies"][0]["servers"] == SHOWN["servers"]


@pytest.mark.parametrize("options", [{"id": "a/b"}, {"id": ""}, {"name": ""}, {"name": "a\nb"}])
def test_what_cannot_be_searched_for_is_refused_by_its_option(policy_info: PolicyInfo, options: t.Any) -> None:
    result = policy_info(options)
    assert result["msg"].startswith(f"{next(iter(options))}: ")


def test_a_cloud_without_the_service_is_told_as_that(policy_info: PolicyInfo) -> None:
    result = policy_info({}, [sign_in()], auth=USER)
    assert "catalog has no Cloud Server Backup Service" in result["msg"]
    assert "CBR" in result["msg"]


def test_without_a_catalog_the_address_follows_from_the_region(policy_info: PolicyInfo) -> None:
    here = csbs("GET", "/v1/policies?limit=1000", answer={"policies": []})
    there = here.but(url=here.url.replace("csbs.example.com", "csbs.region-1.myhuaweicloud.com"))
    auth = {**KEYS, "endpoints": None, "region": "region-1"}
    assert policy_info({}, [there], auth=auth)["policies"] == []
