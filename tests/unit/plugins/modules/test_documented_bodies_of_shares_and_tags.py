# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example bodies of the API facts, letter by letter: §14.3, §14.5, and the quotas and tasks of §14.2 and §14.4.

What is sent must be the example of a request; what is answered is the example of an answer.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs

Run = t.Callable[..., Result]

BACKUP = "22222222-2222-3333-4444-555555555555"
SHARE = "55555555-2222-3333-4444-555555555555"
OURS = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
POLICY = "66666666-2222-3333-4444-555555555555"
VOLUME = "11111111-2222-3333-4444-555555555555"
SHARING = "/v2/os-vendor-backup-sharing"
TAGS = f"/v2/backuppolicy/{POLICY}/tags"


def read(text: str) -> t.Any:
    """A line of an example; long ones are broken here."""
    return json.loads(text.replace("\n", ""))


# §14.2
QUOTAS = """
{"quotas":{"resources":[{"type":"backups","used":3,"reserved":0,"quota":100},
{"type":"backup_gigabytes","used":120,"reserved":0,"quota":-1}]}}
"""
# §14.3
SHARE_REQUEST = """
{"shared":{"backup_id":"22222222-2222-3333-4444-555555555555",
"to_project_ids":["fedcba9876543210fedcba9876543210"]}}
"""
SHARE_ANSWER = """
{"shared":[{"id":"55555555-2222-3333-4444-555555555555","backup_id":"22222222-2222-3333-4444-555555555555",
"to_project_id":"fedcba9876543210fedcba9876543210","from_project_id":"0123456789abcdef0123456789abcdef",
"created_at":null,"updated_at":null,"deleted":null,"deleted_at":null}]}
"""
SHARE_DETAIL = """
{"shared":[{"id":"55555555-2222-3333-4444-555555555555","backup_id":"22222222-2222-3333-4444-555555555555",
"to_project_id":"fedcba9876543210fedcba9876543210","from_project_id":"0123456789abcdef0123456789abcdef",
"created_at":"2024-01-02T04:00:00.000001","updated_at":null,
"backup":{"id":"22222222-2222-3333-4444-555555555555","name":"nightly-1","status":"available","size":40,
"volume_id":"11111111-2222-3333-4444-555555555555"}}]}
"""
ONE_SHARE = """
{"shared":{"id":"55555555-2222-3333-4444-555555555555","backup_id":"22222222-2222-3333-4444-555555555555",
"to_project_id":"fedcba9876543210fedcba9876543210","from_project_id":"0123456789abcdef0123456789abcdef",
"created_at":"2024-01-02T04:00:00.000001","updated_at":null,
"backup":{"id":"22222222-2222-3333-4444-555555555555","name":"nightly-1"}}}
"""
COUNT = """{"count":1}"""
# §14.4
POLICIES = """
{"backup_policies":[{"backup_policy_id":"66666666-2222-3333-4444-555555555555","backup_policy_name":"weekly",
"scheduled_policy":{"start_time":"22:00,02:00","week_frequency":["SUN","WED"],"rentention_day":30,
"remain_first_backup_of_curMonth":"N","status":"ON"},"policy_resource_count":1}]}
"""
TASKS = """
{"count":1,"tasks":[{"job_id":"77777777-2222-3333-4444-555555555555","status":"EXECUTE_SUCCESS",
"created_at":"2024-01-02T22:00:00.123","finished_at":"2024-01-02T22:12:00.456","backup_name":"autobk_1a2b",
"resource_id":"11111111-2222-3333-4444-555555555555","resource_type":"volume"}]}
"""
# §14.5
ADD_ONE_REQUEST = """{"tag":{"key":"env","value":"test"}}"""
TAGS_ANSWER = """{"tags":[{"key":"env","value":"test"}]}"""
ALL_TAGS_ANSWER = """{"tags":[{"key":"env","values":["test","prod"]}]}"""
BATCH_REQUEST = """{"action":"update","tags":[{"key":"env","value":"prod"}]}"""
SEARCH_REQUEST = """
{"action":"filter","limit":"100","offset":"0","tags":[{"key":"env","values":["prod"]}],
"matches":[{"key":"resource_name","value":"week"}]}
"""
SEARCH_ANSWER = """
{"total_count":1,"resources":[{"resource_id":"66666666-2222-3333-4444-555555555555","resource_name":"weekly",
"resource_detail":null,"tags":[{"key":"env","value":"prod"}]}]}
"""

SHOWN = {
    "id": SHARE,
    "backup_id": BACKUP,
    "from_project_id": OURS,
    "to_project_id": OTHER,
    "created_at": "2024-01-02T04:00:00Z",
    "updated_at": None,
}
LISTED = vbs("GET", f"{SHARING}/detail?backup_id={BACKUP}&limit=1000", answer=read(SHARE_DETAIL))
NONE_LISTED = LISTED.but(answer={"shared": []})
BACKUP_FOUND = vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": {"id": BACKUP, "status": "available"}})


def shown_backup(**known: t.Any) -> dict[str, t.Any]:
    keys = "id name status volume_id snapshot_id description size availability_zone created_at updated_at"
    return {**dict.fromkeys([*keys.split(), "fail_reason", "incremental", "metadata"]), **known}


def tags(text: str) -> Call:
    return vbs("GET", TAGS, answer=read(text))


def test_sharing(run: Run) -> None:
    made = vbs("POST", SHARING, body=read(SHARE_REQUEST), answer=read(SHARE_ANSWER))
    result = run("vbs_share", {"backup": BACKUP, "projects": [OTHER]}, [BACKUP_FOUND, NONE_LISTED, made, LISTED])
    assert (result["shares"], result["added"]) == ([SHOWN], [OTHER])
    # The answer alone, where the list is late.
    result = run("vbs_share", {"backup": BACKUP, "projects": [OTHER]}, [BACKUP_FOUND, NONE_LISTED, made, NONE_LISTED])
    assert result["shares"] == [{**SHOWN, "created_at": None}]


def test_shares_listed_one_and_counted(run: Run) -> None:
    detail = run("vbs_share_info", {"backup": BACKUP}, [LISTED])
    known = {"id": BACKUP, "name": "nightly-1"}
    full = shown_backup(**known, status="available", size=40, volume_id=VOLUME)
    assert (detail["shares"], detail["count"]) == ([{**SHOWN, "backup": full}], 1)
    one = run("vbs_share_info", {"id": SHARE}, [vbs("GET", f"{SHARING}/{SHARE}", answer=read(ONE_SHARE))])
    assert one["shares"] == [{**SHOWN, "backup": shown_backup(**known)}]
    counted = run("vbs_share_info", {"count_only": True}, [vbs("GET", f"{SHARING}/count", answer=read(COUNT))])
    assert (counted["shares"], counted["count"]) == ([], 1)


def test_adding_one_tag(run: Run) -> None:
    add = vbs("POST", TAGS, body=read(ADD_ONE_REQUEST), status=204)
    result = run("vbs_policy_tags", {"policy": POLICY, "tags": {"env": "test"}}, [tags('{"tags":[]}'), add])
    assert result["tags"] == {"env": "test"}


def test_changing_a_tag(run: Run) -> None:
    batch = vbs("POST", f"{TAGS}/action", body=read(BATCH_REQUEST), status=204)
    result = run("vbs_policy_tags", {"policy": POLICY, "tags": {"env": "prod"}}, [tags(TAGS_ANSWER), batch])
    assert (result["tags"], result["updated"]) == ({"env": "prod"}, {"env": "prod"})


def test_reading_tags(run: Run) -> None:
    assert run("vbs_policy_tags_info", {"policy": POLICY}, [tags(TAGS_ANSWER)])["tags"] == {"env": "test"}
    every = vbs("GET", "/v2/backuppolicy/tags", answer=read(ALL_TAGS_ANSWER))
    assert run("vbs_policy_tags_info", {}, [every])["tags"] == {"env": ["prod", "test"]}


def test_searching_by_tags(run: Run) -> None:
    search = vbs("POST", "/v2/backuppolicy/resource_instances/action", body=read(SEARCH_REQUEST))
    calls = [search.but(answer=read(SEARCH_ANSWER)), vbs("GET", "/v2/backuppolicy", answer=read(POLICIES))]
    result = run("vbs_policy_info", {"tags": {"env": "prod"}, "name_contains": "week"}, calls)
    assert [(row["id"], row["name"], row["tags"]) for row in result["policies"]] == [
        (POLICY, "weekly", {"env": "prod"})
    ]


def test_quotas(run: Run) -> None:
    result = run("vbs_quota_info", {}, [vbs("GET", "/v2/cloudbackups/quota", answer=read(QUOTAS))])
    assert result["quotas"] == [
        {"type": "backups", "used": 3, "reserved": 0, "quota": 100},
        {"type": "backup_gigabytes", "used": 120, "reserved": 0, "quota": -1},
    ]


def test_tasks(run: Run) -> None:
    url = f"/v2/backuppolicy/{POLICY}/backuptasks?sort_key=created_at&sort_dir=desc&limit=1000"
    calls = [vbs("GET", "/v2/backuppolicy", answer=read(POLICIES)), vbs("GET", url, answer=read(TASKS))]
    result = run("vbs_policy_task_info", {"policy": "weekly"}, calls)
    assert result["count"] == 1
    assert result["tasks"] == [
        {
            "job_id": "77777777-2222-3333-4444-555555555555",
            "status": "EXECUTE_SUCCESS",
            "created_at": "2024-01-02T22:00:00Z",
            "finished_at": "2024-01-02T22:12:00Z",
            "backup_name": "autobk_1a2b",
            "volume_id": VOLUME,
            "vbs_job_id": None,
            "code": None,
            "message": None,
        }
    ]
