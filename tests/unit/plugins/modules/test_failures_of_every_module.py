# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong in the first request of any module (contract §2, Failure; F §3.3, §3.4)."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import SERVER, check
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    REQUEST_ID,
    Call,
    csbs,
    evs,
    lost,
    refused,
    timed_out,
    vbs,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.shares import shares
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    VOLUME,
    bad_request,
    gateway,
    missing,
    refusal,
)

Run = t.Callable[..., Result]
First = tuple[str, dict[str, t.Any], Call]

_POLICIES = vbs("GET", "/v2/backuppolicy")
# A module, options for it, and the first request that it then makes.
FIRST: list[First] = [
    ("vbs_policy", {"name": "nightly", "enabled": False}, _POLICIES),
    ("vbs_policy_info", {}, _POLICIES),
    ("vbs_policy_resources", {"policy": "nightly", "volumes": [VOLUME]}, _POLICIES),
    ("vbs_backup", {"id": BACKUP}, vbs("GET", f"/v2/backups/{BACKUP}")),
    ("vbs_backup_info", {}, vbs("GET", "/v2/backups/detail?limit=1000")),
    ("vbs_backup_batch", {"volumes": [VOLUME]}, evs("GET", "/v2/volumes/detail?limit=1000")),
    ("vbs_backup_prune", {"keep_last": 1}, vbs("GET", "/v2/backups/detail?limit=1000")),
    ("vbs_share", {"backup": BACKUP, "state": "absent"}, shares()),
    ("vbs_share_info", {}, shares(query="")),
    ("vbs_policy_tags", {"policy": "nightly", "tags": {}}, _POLICIES),
    ("vbs_policy_tags_info", {}, vbs("GET", "/v2/backuppolicy/tags")),
    ("vbs_policy_task_info", {"policy": "nightly"}, _POLICIES),
    ("vbs_quota_info", {}, vbs("GET", "/v2/cloudbackups/quota")),
    ("vbs_coverage_info", {}, evs("GET", "/v2/volumes/detail?limit=1000")),
    ("vbs_job_info", {"job_ids": [JOB]}, vbs("GET", f"/v1/jobs/{JOB}")),
    ("vbs_restore", {"backup": "before"}, vbs("GET", "/v2/backups/detail?name=before&limit=1000")),
    ("vbs_policy_run", {"policy": "nightly"}, _POLICIES),
    ("csbs_policy_info", {}, csbs("GET", "/v1/policies?limit=1000")),
    ("csbs_checkpoint_info", {}, csbs("GET", "/v1/checkpoint_items?limit=1000")),
    ("csbs_checkpoint", {"policy": "servers"}, csbs("GET", "/v1/policies?name=servers&limit=1000")),
    ("csbs_protectable_info", {"servers": [SERVER]}, check(SERVER)),
]
every_module = pytest.mark.parametrize(("name", "options", "first"), FIRST, ids=[row[0] for row in FIRST])

ERROR_KEYS = {"code", "message", "http_status", "request_id", "advice", "retryable"}


class Refusal(t.NamedTuple):
    """An answer, and what the result's error then says. ``tries`` is how often the request goes out."""

    status: int
    answer: t.Any
    code: str | None
    retryable: bool
    tries: int = 1


REFUSALS = {
    "bad signature": Refusal(401, gateway("APIGW.0301"), "APIGW.0301", False),
    "bad signature, other spelling": Refusal(401, gateway("APIG.0301"), "APIG.0301", False),
    "OpenStack's 401": Refusal(401, {"error": {"code": 401, "title": "Unauthorized", "message": "no"}}, None, False),
    "not allowed": Refusal(403, gateway("APIGW.0302"), "APIGW.0302", False),
    "lacks the right, as 400": Refusal(400, refusal("AutoBackup.0213"), "AutoBackup.0213", False),
    "not allowed, without a body": Refusal(403, {}, None, False),
    "malformed url": Refusal(400, bad_request("Malformed request url"), None, False),
    "a method that is not allowed": Refusal(405, gateway("APIGW.0501"), "APIGW.0501", False),
    "conflict without a code": Refusal(409, {"conflictingRequest": {"code": 409, "message": "busy"}}, None, True),
    "quota": Refusal(413, {"overLimit": {"code": 413, "message": "full", "retryAfter": "0"}}, None, False),
    "a passing fault, as 400": Refusal(400, refusal("VolumeBackup.0035"), "VolumeBackup.0035", True, 6),
    "an internal error, as 401": Refusal(401, refusal("AutoBackup.9002"), "AutoBackup.9002", True, 6),
    "throttled": Refusal(429, gateway("APIGW.0308"), "APIGW.0308", True, 6),
    "internal error": Refusal(500, refusal("VolumeBackup.0900"), "VolumeBackup.0900", True, 6),
    "internal error without a code": Refusal(500, {}, None, True, 6),
    "bad gateway": Refusal(502, {}, None, True, 6),
    "unavailable": Refusal(503, gateway("APIGW.0613"), "APIGW.0613", True, 6),
    "gateway time-out": Refusal(504, {}, None, True, 6),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_with_code_status_request_and_advice(run: Run, case: Refusal) -> None:
    for name, options, first in FIRST:
        result = run(name, options, [first.but(status=case.status, answer=case.answer)] * case.tries)
        assert result.failed, name
        error = result["error"]
        assert set(error) == ERROR_KEYS, name
        assert (error["code"], error["http_status"]) == (case.code, case.status), name
        assert error["retryable"] is case.retryable, name
        assert error["request_id"] == case.answer.get("request_id", REQUEST_ID), name
        assert error["message"] in result["msg"], name
        assert error["advice"].lower() in result["msg"].lower(), name
        assert result["changed"] is False, name


@every_module
@pytest.mark.parametrize("error", [refused, lost, timed_out])
def test_no_answer_is_tried_six_times_with_growing_pauses(
    run: Run, name: str, options: dict[str, t.Any], first: Call, error: t.Callable[[], Exception]
) -> None:
    result = run(name, options, [first.but(error=error())] * 6)
    assert result.failed
    assert set(result["error"]) == ERROR_KEYS
    assert result["error"]["retryable"] is True
    assert "network" in result["error"]["advice"]
    assert list(result.pauses) == sorted(result.pauses)
    assert len(result.pauses) == 5


@every_module
def test_a_body_that_breaks_off_is_read_again(run: Run, name: str, options: dict[str, t.Any], first: Call) -> None:
    result = run(name, options, [first.but(raw=b'{"back', cut=True)] * 6)
    assert "connection was lost" in result["msg"]


UNUSABLE = {
    "a web page": b"<html><body>Welcome to our hotel's network</body></html>",
    "a list": b"[]",
    "a text": b'"ok"',
    "half a body": b'{"backups": [',
    "not UTF-8": b"\xff\xfe\x00",
    "nothing": b"",
    "another object": b'{"hello": "world"}',
    "null for the list": b'{"backups": null, "backup_policies": null, "backup": null}',
    "a text for the list": b'{"backups": "none", "backup_policies": "none", "backup": "none"}',
    "texts in the list": b'{"backups": ["a"], "backup_policies": ["a"], "backup": ["a"]}',
    "rows without an ID": b'{"backups": [{}], "backup_policies": [{}], "status": {}}',
    "rows with a number for the ID": b'{"backups": [{"id": 1}], "backup_policies": [{"backup_policy_id": 1}]}',
}


@pytest.mark.parametrize("raw", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_answer_with_200_is_a_clear_failure_at_once(run: Run, raw: bytes) -> None:
    for name, options, first in FIRST:
        result = run(name, options, [first.but(raw=raw)])
        assert result.failed, name
        assert set(result["error"]) == ERROR_KEYS, name
        assert result["error"]["retryable"] is False, name
        assert result["changed"] is False, name


@every_module
def test_a_redirect_is_not_followed_and_its_host_is_named(
    run: Run, name: str, options: dict[str, t.Any], first: Call
) -> None:
    to = {"Location": "https://elsewhere.example.org/v2/"}
    result = run(name, options, [first.but(status=302, answer={}, headers=to)])
    assert result.failed
    assert "elsewhere.example.org" in result["msg"]


@every_module
def test_a_closed_service_names_its_successor(run: Run, name: str, options: dict[str, t.Any], first: Call) -> None:
    result = run(name, options, [first.but(status=400, answer=refusal("BackupService.4008"))])
    assert result.failed
    assert "CBR" in result["msg"]
    assert result["error"]["code"] == "BackupService.4008"
    assert result["error"]["retryable"] is False


@every_module
def test_an_unknown_path_names_the_successor(run: Run, name: str, options: dict[str, t.Any], first: Call) -> None:
    gone = first.but(status=404, answer=gateway("APIGW.0101"))
    # The OpenStack form may be served as v3 only.
    native = any(part in first.url for part in ("/backups", "/volumes"))
    calls = [gone, gone.but(url=gone.url.replace("/v2/", "/v3/"))] if native else [gone]
    result = run(name, options, calls)
    assert result.failed
    assert "CBR" in result["msg"]
    assert urlsplit(first.url).netloc in result["msg"]


@pytest.mark.parametrize(
    ("given", "pause"),
    [
        ("7", 7),
        ("0", 0),
        ("600", 60),
        ("-5", 0),
        ("Sat, 21 Nov 2026 12:00:20 GMT", 20),
        ("Fri, 20 Nov 2026 12:00:20 GMT", 0),
        ("soon", 0.0625),
    ],
)
def test_retry_after_is_honoured_up_to_a_minute(run: Run, given: str, pause: float) -> None:
    for name, options, first in FIRST:
        throttled = first.but(status=429, answer=gateway("APIGW.0308"), headers={"Retry-After": given})
        result = run(name, {**options, "api_retries": 1}, [throttled, first.but(status=403, answer={})])
        assert result.pauses == pytest.approx((pause + 0.125,)), name


@every_module
def test_no_retries_means_one_request(run: Run, name: str, options: dict[str, t.Any], first: Call) -> None:
    result = run(name, {**options, "api_retries": 0}, [first.but(status=503, answer={})])
    assert result.failed
    assert result.pauses == ()


@every_module
def test_time_limit_and_certificate_options_reach_the_request(
    run: Run, name: str, options: dict[str, t.Any], first: Call, tmp_path: t.Any
) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("-----BEGIN CERTIFICATE-----")
    forbidden = [first.but(status=403, answer={})]
    result = run(name, {**options, "api_timeout": 7, "ca_path": str(authority)}, forbidden)
    assert (result.sent[0].timeout, result.sent[0].verify) == (7, str(authority))
    result = run(name, {**options, "validate_certs": False}, forbidden)
    assert (result.sent[0].timeout, result.sent[0].verify) == (60, False)
    assert any("validate_certs" in warning for warning in result.warnings)


@every_module
def test_an_object_that_is_not_there_is_no_unknown_path(
    run: Run, name: str, options: dict[str, t.Any], first: Call
) -> None:
    result = run(name, options, [first.but(status=404, answer=missing())])
    assert "CBR" not in result.text
