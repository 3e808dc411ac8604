# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups and jobs: one call each, as F §4 has them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    create_backup,
    create_native_backup,
    delete_backup,
    get_backup,
    list_backups,
    read_backup,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    LostAnswerError,
    ServiceMissingError,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import lost, vbs

VOLUME = "11111111-2222-3333-4444-555555555555"
BACKUP = "22222222-2222-3333-4444-555555555555"
MISSING = {"status": 404, "answer": {"itemNotFound": {"code": 404, "message": "backup not found"}}}
JOB = {"job_id": "j1", "status": "RUNNING"}


def row(number: int, **more: t.Any) -> dict[str, t.Any]:
    return {"id": f"b{number}", "name": "x", "volume_id": VOLUME, "status": "available", **more}


def listed(client: Client, **filters: t.Any) -> list[str]:
    return [found["id"] for part, _answer in list_backups(client, **filters) for found in part]


def test_a_list_without_filters_asks_for_details() -> None:
    call = vbs("GET", "/v2/backups/detail?limit=1000", answer={"backups": [row(1), row(2)]})
    assert during([call], listed) == ["b1", "b2"]


def test_filters_are_sent_and_applied_again_because_some_clouds_ignore_them() -> None:
    rows = [row(1), row(2, name="other"), row(3, volume_id="v"), row(4, status="error"), row(5, name=None)]
    query = f"name=x&volume_id={VOLUME}&status=available&sort_key=created_at&sort_dir=asc&limit=1000"
    call = vbs("GET", f"/v2/backups/detail?{query}", answer={"backups": rows})
    filters = {"name": "x", "volume_id": VOLUME, "status": "available", "sort": ("created_at", "asc")}
    assert during([call], lambda client: listed(client, **filters)) == ["b1"]


def test_links_of_an_internal_host_are_followed_on_the_services_own() -> None:
    href = f"https://vbs.internal/0123456789abcdef0123456789abcdef/backups?limit=1&marker={BACKUP}"
    first = {"backups": [row(1)], "backups_links": [{"href": href, "rel": "next"}]}
    calls = [
        vbs("GET", "/v2/backups/detail?name=x&limit=1000", answer=first),
        vbs("GET", f"/v2/backups/detail?name=x&limit=1&marker={BACKUP}", answer={"backups": [row(2)]}),
    ]
    assert during(calls, lambda client: listed(client, name="x")) == ["b1", "b2"]


def test_a_page_whose_rows_are_all_filtered_out_does_not_end_the_list() -> None:
    first = {"backups": [row(1, name="y")], "backups_links": [{"href": "?marker=b1", "rel": "next"}]}
    calls = [
        vbs("GET", "/v2/backups/detail?name=x&limit=1000", answer=first),
        vbs("GET", "/v2/backups/detail?name=x&limit=1000&marker=b1", answer={"backups": [row(2)]}),
    ]
    assert during(calls, lambda client: listed(client, name="x")) == ["b2"]


def test_a_list_that_is_refused_says_of_which_volume() -> None:
    with pytest.raises(ApiError, match=r"^list backups \("):
        during([vbs("GET", "/v2/backups/detail?limit=1000", status=403)], listed)
    call = vbs("GET", f"/v2/backups/detail?volume_id={VOLUME}&limit=1000", status=403)
    with pytest.raises(ApiError, match=f"^list backups of volume {VOLUME}"):
        during([call], lambda client: listed(client, volume_id=VOLUME))


def test_one_backup_is_read_or_is_none() -> None:
    call = vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": row(1)})
    assert during([call], lambda client: get_backup(client, BACKUP)) == row(1)
    for read in (get_backup, read_backup):
        assert during([call.but(**MISSING)], lambda client, read=read: read(client, BACKUP)) is None


def test_a_path_that_is_not_served_is_not_taken_for_a_missing_backup() -> None:
    calls = [vbs("GET", f"/{version}/backups/{BACKUP}", status=404, raw=b"<html>") for version in ("v2", "v3")]
    with pytest.raises(ServiceMissingError):
        during(calls, lambda client: get_backup(client, BACKUP))


@pytest.mark.parametrize("status", [400, 403, 500])
def test_other_refusals_are_told(status: int) -> None:
    call = vbs("GET", f"/v2/backups/{BACKUP}", status=status)
    with pytest.raises(ApiError, match=f"read backup {BACKUP}"):
        during([call], lambda client: get_backup(client, BACKUP))


@pytest.mark.parametrize("answer", [{}, {"backup": None}, {"backup": []}, {"backups": [row(1)]}])
def test_an_answer_that_is_no_backup_is_an_error(answer: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match=BACKUP):
        during([vbs("GET", f"/v2/backups/{BACKUP}", answer=answer)], lambda client: get_backup(client, BACKUP))


def test_a_backup_is_created_in_either_form() -> None:
    body = {"volume_id": VOLUME, "name": "b1"}
    own = vbs("POST", "/v2/cloudbackups", body={"backup": body}, answer={"job_id": "j1"})
    assert during([own], lambda client: create_backup(client, body)) == "j1"
    made = {"backup": {"id": BACKUP, "name": "b1", "links": []}}
    native = vbs("POST", "/v2/backups", body={"backup": body}, status=202, answer=made)
    assert during([native], lambda client: create_native_backup(client, body)) == BACKUP


@pytest.mark.parametrize("answer", [{}, {"job_id": None}, {"job_id": 7}, {"backup": {}}, {"backup": {"id": ""}}])
def test_a_creation_that_names_nothing_is_a_lost_answer(answer: dict[str, t.Any]) -> None:
    body = {"volume_id": VOLUME, "name": "b1"}
    for create, path in ((create_backup, "/v2/cloudbackups"), (create_native_backup, "/v2/backups")):
        for given in ({"answer": answer}, {}, {"error": lost()}):
            call = vbs("POST", path, body={"backup": body}, **given)
            with pytest.raises(LostAnswerError, match=f"create backup 'b1' of volume {VOLUME}"):
                during([call], lambda client, create=create: create(client, body))


def test_a_deletion_says_whether_there_was_something_to_delete() -> None:
    call = vbs("DELETE", f"/v2/backups/{BACKUP}", status=202)
    assert during([call], lambda client: delete_backup(client, BACKUP)) is True
    assert during([call.but(**MISSING)], lambda client: delete_backup(client, BACKUP)) is False
    busy = call.but(status=400, answer={"badRequest": {"code": 400, "message": "busy"}})
    with pytest.raises(ApiError, match="busy"):
        during([busy], lambda client: delete_backup(client, BACKUP))


def test_a_deletion_whose_answer_got_lost_is_repeated_and_then_finds_nothing() -> None:
    call = vbs("DELETE", f"/v2/backups/{BACKUP}", error=lost())
    calls = [call, call.but(error=None, **MISSING)]
    assert during(calls, lambda client: delete_backup(client, BACKUP), retries=1) is False


def test_a_job_is_read_on_version_one_or_is_none() -> None:
    call = vbs("GET", "/v1/jobs/j1", answer=JOB)
    assert during([call], lambda client: get_job(client, "j1")) == JOB
    unknown = {"error": {"code": "common.0011", "message": "job not found"}}
    assert during([call.but(status=404, answer=unknown)], lambda client: get_job(client, "j1")) is None


@pytest.mark.parametrize("answer", [{}, {"status": None}, {"status": 1}, {"job": JOB}])
def test_an_answer_that_is_no_job_is_an_error(answer: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="job j1: the answer has no status"):
        during([vbs("GET", "/v1/jobs/j1", answer=answer)], lambda client: get_job(client, "j1"))


def test_a_job_that_may_not_be_read_is_told() -> None:
    with pytest.raises(ApiError, match="read job j1"):
        during([vbs("GET", "/v1/jobs/j1", status=403)], lambda client: get_job(client, "j1"))


def test_a_job_whose_path_is_not_served_is_a_missing_service() -> None:
    with pytest.raises(ServiceMissingError):
        during([vbs("GET", "/v1/jobs/j1", status=404, raw=b"<html>")], lambda client: get_job(client, "j1"))
