# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    LostAnswerError,
    OptionError,
    ServiceMissingError,
    TransportError,
    WaitTimeoutError,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "parameter"),
        (401, "auth"),
        (403, "auth"),
        (404, "not-found"),
        (405, "parameter"),
        (409, "conflict"),
        (413, "quota"),
        (422, "parameter"),
        (429, "transient"),
        (500, "transient"),
        (502, "transient"),
        (503, "transient"),
        (504, "transient"),
    ],
)
def test_without_a_code_the_http_status_decides(status: int, kind: str) -> None:
    for code in (None, "Unheard.0001"):
        error = ApiError("try", status=status, code=code)
        assert error.kind == kind
        assert error.retryable is (kind in ("transient", "conflict"))
        assert error.advice


def test_a_refusal_says_what_was_tried_why_and_with_which_code() -> None:
    error = ApiError("bind volumes", status=400, code="AutoBackup.0206", text="bad state", request_id="r1")
    assert str(error) == error.message == "bind volumes: bad state (AutoBackup.0206, HTTP 400)"
    assert error.as_result() == {
        "code": "AutoBackup.0206",
        "message": error.message,
        "http_status": 400,
        "request_id": "r1",
        "advice": "wait until the volume is available or in-use, then try again",
        "retryable": True,
    }


def test_a_refusal_without_words_gets_the_tables_meaning() -> None:
    assert (
        "another backup of this volume is still running" in ApiError("t", status=400, code="VolumeBackup.0013").message
    )
    assert ApiError("t", status=418).message == "t: no reason given (HTTP 418)"


@pytest.mark.parametrize(
    ("status", "code", "wrapper", "missing", "unknown"),
    [
        (404, None, "itemNotFound", True, False),
        (404, "common.0011", "error", True, False),
        (404, "AutoBackup.0205", "error", True, False),
        (400, "AutoBackup.1100", "error", True, False),
        (404, "VolumeBackup.0021", "error", True, False),
        (404, None, None, False, True),
        (404, None, "error", False, True),
        (404, "APIGW.0101", None, False, True),
        (404, "APIG.0101", None, False, True),
        (400, None, "itemNotFound", False, False),
        (400, "AutoBackup.0225", "error", False, False),
        (500, "APIGW.0611", None, False, False),
        (400, None, "badRequest", False, False),
    ],
)
def test_a_missing_object_is_not_a_missing_path(
    status: int, code: str | None, wrapper: str | None, missing: bool, unknown: bool
) -> None:
    error = ApiError("try", status=status, code=code, wrapper=wrapper)
    assert (error.missing_object, error.unknown_path) == (missing, unknown)


@pytest.mark.parametrize(
    ("status", "code", "dead"),
    [
        (401, None, True),
        (401, "APIGW.0301", True),
        (401, "APIGW.0307", True),
        (401, "AutoBackup.0003", True),
        (401, "AutoBackup.0002", True),
        (401, "VolumeBackup.0044", True),
        (401, "IAM.0066", True),
        (401, "123456789", True),
        (401, "AutoBackup.9002", False),
        (401, "VolumeBackup.0041", False),
        (401, "AutoBackup.0005", False),
        (401, "APIGW.0303", False),
        (401, "APIGW.0305", False),
        (401, "IAM.0061", False),
        (401, "APIGW.0311", False),
        (401, "EPS.0003", False),
        (401, "IAM.0064", False),
        (403, None, False),
        (400, "VolumeBackup.0008", False),
        (404, None, False),
    ],
)
def test_only_a_dead_token_asks_for_a_new_one(status: int, code: str | None, dead: bool) -> None:
    assert ApiError("try", status=status, code=code).token_is_dead is dead


def test_a_lost_answer_keeps_what_is_known_of_its_cause() -> None:
    cause = ApiError("create policy", status=502, code="APIGW.0610", text="down", request_id="r1")
    lost = LostAnswerError(cause)
    assert lost.as_result() == cause.as_result()
    assert LostAnswerError(TransportError("gone", sent=True, retryable=False)).retryable


def test_an_options_error_starts_with_the_options_name() -> None:
    error = OptionError("start_times", "is empty")
    assert error.message == "start_times: is empty"
    assert "start_times" in str(error.advice)
    assert not error.retryable


def test_a_missing_service_names_its_successor() -> None:
    cause = ApiError("try", status=400, code="BackupService.4008", request_id="r1")
    error = ServiceMissingError("closed", cause=cause)
    assert "CBR" in str(error.advice)
    assert (error.code, error.http_status, error.request_id) == ("BackupService.4008", 400, "r1")
    assert "CBR" in str(ServiceMissingError("gone").advice)


def test_a_failed_job_says_its_reason_and_code() -> None:
    error = JobFailedError("job 1 failed", code="VolumeBackup.0064", reason="back end in error", results={"job": 1})
    assert error.message == "job 1 failed: back end in error (VolumeBackup.0064)"
    assert error.results == {"job": 1}
    assert error.as_result()["code"] == "VolumeBackup.0064"
    assert error.advice == "try again; if it stays, give the request ID to the provider's support"
    nothing = JobFailedError("job 1 failed", code=None, reason=None)
    assert nothing.message == "job 1 failed: the service gave no reason"
    assert "look at the job" in str(nothing.advice)


def test_partial_results_are_kept_apart_for_each_error() -> None:
    given = {"job": 1}
    error = WaitTimeoutError("late", results=given)
    error.results["more"] = 2
    assert given == {"job": 1}
    assert error.retryable
    assert "wait_timeout" in str(error.advice)
    assert BackupError("x").results == {}


def test_what_is_shown_of_an_error_moves_no_cursor_and_has_a_limit() -> None:
    error = BackupError("a\x1b[2J\nb" + "x" * 10_000, code="X\x9b" * 200, request_id="r\r\nforged: 1")
    shown = error.as_result()
    assert shown["message"].startswith("a [2J bxxx")
    assert (len(shown["message"]), len(shown["code"])) == (8003, 203)
    assert shown["request_id"] == "r  forged: 1"
    assert all(shown[key].isprintable() for key in ("message", "code", "request_id"))
