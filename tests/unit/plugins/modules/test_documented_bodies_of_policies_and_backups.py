# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example bodies of the API facts, letter by letter: backups and restore of §14.2, policies and binding of §14.4.

What is sent must be the example of a request (a null there counts as absent); what is answered is the example.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs

Run = t.Callable[..., Result]

BACKUP = "22222222-2222-3333-4444-555555555555"
SNAPSHOT = "33333333-2222-3333-4444-555555555555"
NATIVE = "44444444-2222-3333-4444-555555555555"
POLICY = "66666666-2222-3333-4444-555555555555"
JOB = "00000000-aaaa-bbbb-cccc-000000000001"
VOLUME = "11111111-2222-3333-4444-555555555555"
UNKNOWN = "99999999-2222-3333-4444-555555555555"


def read(text: str) -> t.Any:
    """A line of an example without its nulls; long ones are broken here."""
    return json.loads(text.replace("\n", ""), object_hook=lambda row: {k: v for k, v in row.items() if v is not None})


# §14.1
VOLUMES = """
{"count":1,"volumes":[{"id":"11111111-2222-3333-4444-555555555555","name":"data-1","status":"in-use","size":40,
"availability_zone":"az-1","bootable":"false","multiattach":false,"attachments":[],"volume_type":"SSD",
"os-vol-host-attr:host":"pod01.az-1#SSD","metadata":{},"tags":{}}]}
"""
# §14.2
SHORT_REQUEST = """{"backup":{"volume_id":"11111111-2222-3333-4444-555555555555","name":"b1"}}"""
REQUEST = """
{"backup":{"volume_id":"11111111-2222-3333-4444-555555555555","snapshot_id":null,"name":"nightly-1",
"description":"before upgrade","tags":[{"key":"env","value":"test"}]}}
"""
JOB_ANSWER = """{"job_id":"00000000-aaaa-bbbb-cccc-000000000001"}"""
RUNNING = """
{"status":"RUNNING","entities":{"volume_id":"11111111-2222-3333-4444-555555555555"},
"job_id":"00000000-aaaa-bbbb-cccc-000000000001","job_type":"bksCreateBackup","begin_time":"2024-01-02T03:04:05.100Z",
"end_time":"","error_code":null,"fail_reason":null,"sub_jobs":[]}
"""
DONE = """
{"status":"SUCCESS","entities":{"backup_id":"22222222-2222-3333-4444-555555555555",
"volume_id":"11111111-2222-3333-4444-555555555555","snapshot_id":"33333333-2222-3333-4444-555555555555",
"bks_create_volume_name":"autobk_volume"},"job_id":"00000000-aaaa-bbbb-cccc-000000000001",
"job_type":"bksCreateBackup","begin_time":"2024-01-02T03:04:05.100Z","end_time":"2024-01-02T03:10:00.200Z",
"error_code":null,"fail_reason":null,"sub_jobs":[]}
"""
FAILED = """
{"status":"FAIL","entities":{"backup_id":"","volume_id":"11111111-2222-3333-4444-555555555555"},
"job_id":"00000000-aaaa-bbbb-cccc-000000000001","job_type":"bksCreateBackup","begin_time":"2024-01-02T03:04:05.100Z",
"end_time":"2024-01-02T03:10:00.200Z","error_code":"VolumeBackup.0064","fail_reason":"backup ended in error"}
"""
RESTORE_REQUEST = """{"restore":{"volume_id":"11111111-2222-3333-4444-555555555555"}}"""
BACKUPS = r"""
{"backups":[{"id":"22222222-2222-3333-4444-555555555555","name":"nightly-1","status":"available",
"description":"before upgrade","volume_id":"11111111-2222-3333-4444-555555555555","availability_zone":"az-1","size":40,
"object_count":null,"container":null,"fail_reason":null,"snapshot_id":null,"is_incremental":false,
"has_dependent_backups":false,"created_at":"2024-01-02T03:04:10.000000","updated_at":"2024-01-02T03:10:00.000000",
"data_timestamp":"2024-01-02T03:04:10.000000","os-bak-tenant-attr:tenant_id":"0123456789abcdef0123456789abcdef",
"service_metadata":" {\"bootable\": false, \"Type\": 0, \"progress\": \"100\"} ",
"links":[{"href":"https://vbs.example.com/v2/0123456789abcdef0123456789abcdef/backups/22222222","rel":"self"}]}]}
"""
NATIVE_REQUEST = """
{"backup":{"volume_id":"11111111-2222-3333-4444-555555555555","snapshot_id":"33333333-2222-3333-4444-555555555555",
"name":"native-1","force":true}}
"""
NATIVE_ANSWER = """
{"backup":{"id":"44444444-2222-3333-4444-555555555555","name":"native-1","links":[
{"href":"https://vbs.example.com/v2/0123456789abcdef0123456789abcdef/backups/44444444","rel":"self"}]}}
"""
# §14.4
POLICY_REQUEST = """
{"backup_policy_name":"weekly","scheduled_policy":{"start_time":"22:00,02:00","week_frequency":["SUN","WED"],
"rentention_day":30,"remain_first_backup_of_curMonth":"N","status":"ON"},"tags":[{"key":"env","value":"test"}],
"time_zone":"UTC+08:00"}
"""
POLICY_ANSWER = """{"backup_policy_id":"66666666-2222-3333-4444-555555555555"}"""
POLICIES = """
{"backup_policies":[{"backup_policy_id":"66666666-2222-3333-4444-555555555555","backup_policy_name":"weekly",
"scheduled_policy":{"start_time":"22:00,02:00","week_frequency":["SUN","WED"],"rentention_day":30,
"remain_first_backup_of_curMonth":"N","status":"ON"},"policy_resource_count":1}]}
"""
SWITCH_OFF = """{"scheduled_policy":{"status":"OFF"}}"""
BIND_REQUEST = """
{"backup_policy_id":"66666666-2222-3333-4444-555555555555","resources":[
{"resource_id":"11111111-2222-3333-4444-555555555555","resource_type":"volume"},
{"resource_id":"99999999-2222-3333-4444-555555555555","resource_type":"volume"}]}
"""
BIND_ANSWER = """
{"success_resources":[{"resource_id":"11111111-2222-3333-4444-555555555555","resource_type":"volume",
"availability_zone":"az-1","os_vol_host_attr":"pod01.az-1"}],"fail_resources":[
{"resource_id":"99999999-2222-3333-4444-555555555555","resource_type":"volume","availability_zone":"",
"os_vol_host_attr":"","code":"AutoBackup.0208","message":"volume not found"}]}
"""
UNBIND_REQUEST = """{"resources":[{"resource_id":"11111111-2222-3333-4444-555555555555"}]}"""
UNBIND_ANSWER = """{"success_resources":[{"resource_id":"11111111-2222-3333-4444-555555555555"}],"fail_resources":[]}"""

LISTED = vbs("GET", f"/v2/backups/detail?volume_id={VOLUME}&limit=1000", answer=read(BACKUPS))
NO_BACKUPS = LISTED.but(answer={"backups": []})
VOLUME_FOUND = evs("GET", f"/v2/volumes/{VOLUME}", answer={"volume": read(VOLUMES)["volumes"][0]})
READ_JOB = vbs("GET", f"/v1/jobs/{JOB}", answer=read(DONE))
POLICY_LIST = vbs("GET", "/v2/backuppolicy", answer=read(POLICIES))
NIGHTLY = {"volume": VOLUME, "name": "nightly-1", "description": "before upgrade", "tags": {"env": "test"}}


def counted(count: int) -> Call:
    answer = read(POLICIES)
    answer["backup_policies"][0]["policy_resource_count"] = count
    return POLICY_LIST.but(answer=answer)


def test_a_backup_and_its_job(run: Run) -> None:
    post = vbs("POST", "/v2/cloudbackups", body=read(REQUEST), answer=read(JOB_ANSWER))
    calls = [NO_BACKUPS, VOLUME_FOUND, post, READ_JOB.but(answer=read(RUNNING)), READ_JOB, LISTED]
    result = run("vbs_backup", NIGHTLY, calls)
    assert (result["backup"]["id"], result["backup"]["size"]) == (BACKUP, 40)
    assert result["backup"]["metadata"] == {"bootable": False, "Type": 0, "progress": "100"}
    assert result["job"]["entities"]["snapshot_id"] == SNAPSHOT
    assert (result["job"]["begin_time"], result["job"]["end_time"]) == ("2024-01-02T03:04:05Z", "2024-01-02T03:10:00Z")


def test_the_shortest_request_and_a_job_that_fails(run: Run) -> None:
    post = vbs("POST", "/v2/cloudbackups", body=read(SHORT_REQUEST), answer=read(JOB_ANSWER))
    calls = [NO_BACKUPS, VOLUME_FOUND, post, READ_JOB.but(answer=read(FAILED))]
    result = run("vbs_backup", {"volume": VOLUME, "name": "b1"}, calls)
    assert result.failed
    assert result["error"]["code"] == "VolumeBackup.0064"
    assert result["job"]["entities"]["backup_id"] is None
    assert "backup ended in error" in result["msg"]


def test_a_backup_in_the_native_form(run: Run) -> None:
    snapshot = {"id": SNAPSHOT, "volume_id": VOLUME, "name": "s"}
    found = evs("GET", f"/v2/snapshots/detail?volume_id={VOLUME}&limit=1000", answer={"snapshots": [snapshot]})
    post = vbs("POST", "/v2/backups", status=202, body=read(NATIVE_REQUEST), answer=read(NATIVE_ANSWER))
    row = {**read(BACKUPS)["backups"][0], "id": NATIVE, "name": "native-1", "snapshot_id": SNAPSHOT}
    options = {"volume": VOLUME, "name": "native-1", "snapshot": SNAPSHOT, "api": "native", "force": True}
    result = run("vbs_backup", options, [NO_BACKUPS, VOLUME_FOUND, found, post, LISTED.but(answer={"backups": [row]})])
    assert (result["backup"]["id"], result["job"]) == (NATIVE, None)


def test_a_restore(run: Run) -> None:
    free = {**read(VOLUMES)["volumes"][0], "status": "available"}
    backup = vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": read(BACKUPS)["backups"][0]})
    volume = VOLUME_FOUND.but(answer={"volume": free})
    post = vbs("POST", f"/v2/cloudbackups/{BACKUP}/restore", body=read(RESTORE_REQUEST), answer=read(JOB_ANSWER))
    result = run("vbs_restore", {"backup": BACKUP}, [backup, volume, post, READ_JOB, backup, volume])
    assert (result["changed"], result["job"]["status"], result["volume"]["name"]) == (True, "SUCCESS", "data-1")


def test_a_policy_made_and_switched_off(run: Run) -> None:
    post = vbs("POST", "/v2/backuppolicy", body=read(POLICY_REQUEST), answer=read(POLICY_ANSWER))
    options = {
        "name": "weekly",
        "start_times": ["10:00", "06:00"],
        "time_zone": "UTC+08:00",
        "weekdays": ["SUN", "WED"],
        "retention_days": 30,
        "tags": {"env": "test"},
    }
    made = run("vbs_policy", options, [POLICY_LIST.but(answer={"backup_policies": []}), post, POLICY_LIST])
    assert (made["policy"]["id"], made["policy"]["start_times"]) == (POLICY, ["06:00", "10:00"])
    assert (made["policy"]["weekdays"], made["policy"]["resource_count"]) == (["WED", "SUN"], 1)
    put = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body=read(SWITCH_OFF), answer=read(POLICY_ANSWER))
    assert run("vbs_policy", {"name": "weekly", "enabled": False}, [POLICY_LIST, put, POLICY_LIST])["changed"]


def test_volumes_bound_and_unbound(run: Run) -> None:
    unknown = evs("GET", f"/v2/volumes/{UNKNOWN}", answer={"volume": {"id": UNKNOWN, "name": "gone-soon"}})
    bind = vbs("POST", "/v2/backuppolicyresources", body=read(BIND_REQUEST), answer=read(BIND_ANSWER))
    options = {"policy": "weekly", "volumes": [VOLUME, UNKNOWN]}
    bound = run("vbs_policy_resources", options, [counted(0), VOLUME_FOUND, unknown, bind, counted(1)])
    failure = {"volume_id": UNKNOWN, "code": "AutoBackup.0208", "message": "volume not found"}
    assert bound.failed
    assert (bound["failures"], bound["added"], bound["changed"]) == ([failure], [VOLUME], True)
    path = f"/v2/backuppolicyresources/{POLICY}/deleted_resources"
    unbind = vbs("POST", path, body=read(UNBIND_REQUEST), answer=read(UNBIND_ANSWER))
    options = {"policy": "weekly", "volumes": [VOLUME], "state": "absent"}
    unbound = run("vbs_policy_resources", options, [counted(1), unbind, counted(0)])
    assert (unbound["removed"], unbound["resource_count"]) == ([VOLUME], 0)
