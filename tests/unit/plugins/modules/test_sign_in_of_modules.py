# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in as whole tasks do it (contract §1)."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import (
    ENDPOINTS,
    GIVEN_TOKEN,
    KEYS,
    OTHER_TOKEN,
    PASSWORD,
    SECRET_KEY,
    SECURITY_TOKEN,
    TOKEN,
    USER,
    sign_in,
    with_token,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    HOSTS,
    PROJECT,
    Call,
    evs,
    iam,
    vbs,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import gateway, job, listed, missing, volume

Run = t.Callable[..., Result]

ENV_USER = {
    "HW_USER_NAME": "deployer",
    "HW_USER_PASSWORD": PASSWORD,
    "HW_DOMAIN_NAME": "acct1",
    "HW_AUTH_URL": HOSTS["iam"] + "/v3",
    "HW_REGION_NAME": "region-1",
}
EXPIRED = {"status": 401, "answer": gateway("APIGW.0307")}
FORBIDDEN = {"error": {"code": 403, "title": "Forbidden", "message": "no"}}


def projects(*ids: str) -> dict[str, t.Any]:
    return {"projects": [{"id": found, "name": "region-1", "domain_id": "d1", "enabled": True} for found in ids]}


def test_access_keys_with_a_project_send_no_sign_in(run: Run) -> None:
    assert not run("vbs_policy_info", {}, [listed()]).failed


def test_a_temporary_key_sends_its_security_token(run: Run) -> None:
    call = listed().but(sends={"X-Security-Token": SECURITY_TOKEN, "X-Auth-Token": None})
    assert not run("vbs_policy_info", {"security_token": SECURITY_TOKEN}, [call]).failed


def test_user_and_password_sign_in_once_and_take_addresses_from_the_catalog(run: Run) -> None:
    calls = [sign_in(), with_token(listed())]
    result = run("vbs_policy_info", {}, calls, auth=USER)
    assert result["policies"] == []


def test_a_project_of_another_account_is_scoped_by_its_own(run: Run) -> None:
    body = {"auth": {**sign_in().body["auth"], "scope": {"project": {"name": "p2", "domain": {"name": "acct2"}}}}}
    options = {"project_name": "p2", "project_domain_name": "acct2"}
    assert not run("vbs_policy_info", options, [sign_in(body=body), with_token(listed())], auth=USER).failed


def test_the_environment_alone_is_enough(run: Run) -> None:
    assert not run("vbs_policy_info", {}, [sign_in(), with_token(listed())], auth={}, environ=ENV_USER).failed


def test_empty_options_count_as_not_given(run: Run) -> None:
    empty = dict.fromkeys(("access_key", "secret_key", "project_id", "cloud", "auth_token", "username", "password"), "")
    calls = [sign_in(), with_token(listed())]
    assert not run("vbs_policy_info", {}, calls, auth=empty, environ={**ENV_USER, "HW_ACCESS_KEY": ""}).failed


@pytest.mark.parametrize("given", ["access_key", "secret_key", "username", "password"])
def test_half_a_pair_is_never_completed_from_the_environment(run: Run, given: str) -> None:
    other = {"access_key": "secret_key", "secret_key": "access_key", "username": "password", "password": "username"}
    environ = {**ENV_USER, "HW_ACCESS_KEY": "EXAMPLEACCESSKEY", "HW_SECRET_KEY": SECRET_KEY}
    result = run("vbs_policy_info", {given: "someone"}, auth={}, environ=environ)
    assert result.failed
    assert other[given] in result["msg"]


def test_no_credentials_at_all_lists_the_ways(run: Run) -> None:
    result = run("vbs_policy_info", {}, auth={"region": "region-1"})
    assert result.failed
    for way in ("access_key", "username", "auth_token", "cloud", "HW_ACCESS_KEY", "OS_CLOUD"):
        assert way in result["msg"]


def test_the_second_task_finds_the_token_and_a_wrong_password_does_not(run: Run) -> None:
    assert not run("vbs_policy_info", {}, [sign_in(), with_token(listed())], auth=USER).failed
    assert not run("vbs_policy_info", {}, [with_token(listed())], auth=USER).failed
    refused = iam("POST", "/v3/auth/tokens").but(status=401, answer=gateway("IAM.0062"))
    body = sign_in().body
    body = {"auth": {**body["auth"], "identity": _with_password(body["auth"]["identity"], OTHER_TOKEN)}}
    result = run("vbs_policy_info", {"password": OTHER_TOKEN}, [refused.but(body=body)], auth=USER)
    assert result.failed
    assert "deployer" in result["msg"]
    assert result["error"]["code"] == "IAM.0062"


def _with_password(identity: dict[str, t.Any], password: str) -> dict[str, t.Any]:
    user = {**identity["password"]["user"], "password": password}
    return {**identity, "password": {"user": user}}


def test_without_the_cache_every_task_signs_in(run: Run) -> None:
    options = {"token_cache": False}
    for _task in range(2):
        assert not run("vbs_policy_info", options, [sign_in(), with_token(listed())], auth=USER).failed


def test_a_dead_token_is_renewed_once_and_dropped_from_the_cache(run: Run) -> None:
    calls = [
        sign_in(),
        with_token(listed()).but(**EXPIRED),
        sign_in(OTHER_TOKEN),
        with_token(listed(), OTHER_TOKEN),
    ]
    assert not run("vbs_policy_info", {}, calls, auth=USER).failed
    assert not run("vbs_policy_info", {}, [with_token(listed(), OTHER_TOKEN)], auth=USER).failed


def test_a_token_or_key_that_a_service_repeats_is_not_shown(run: Run) -> None:
    # The harness looks for secrets in every result.
    for auth, first, secret in ((KEYS, [], SECRET_KEY), (USER, [sign_in()], TOKEN), (GIVEN_TOKEN, [], TOKEN)):
        refused = listed().but(status=403, answer=gateway("APIGW.0302", f"{secret} may not do that"))
        calls = [*first, refused if auth is KEYS else with_token(refused)]
        assert "may not do that" in run("vbs_policy_info", {"token_cache": False}, calls, auth=auth)["msg"]


def test_a_renewed_token_that_is_refused_too_ends_the_task(run: Run) -> None:
    calls = [
        sign_in(),
        with_token(listed()).but(**EXPIRED),
        sign_in(OTHER_TOKEN),
        with_token(listed(), OTHER_TOKEN).but(**EXPIRED),
    ]
    result = run("vbs_policy_info", {}, calls, auth=USER)
    assert result.failed
    assert result["error"]["http_status"] == 401


def test_a_token_that_dies_during_a_wait_is_renewed(run: Run) -> None:
    get = with_token(vbs("GET", "/v1/jobs/j1", answer=job("j1", "RUNNING")))
    calls = [
        sign_in(),
        get,
        get.but(**EXPIRED),
        sign_in(OTHER_TOKEN),
        with_token(get, OTHER_TOKEN),
        with_token(get, OTHER_TOKEN).but(answer=job("j1")),
    ]
    assert run("vbs_job_info", {"job_ids": ["j1"], "wait": True}, calls, auth=USER)["jobs"][0]["status"] == "SUCCESS"


def test_a_given_token_is_used_as_it_is_and_never_renewed(run: Run) -> None:
    assert not run("vbs_policy_info", {}, [with_token(listed())], auth=GIVEN_TOKEN).failed
    result = run("vbs_policy_info", {}, [with_token(listed()).but(**EXPIRED)], auth=GIVEN_TOKEN)
    assert result.failed
    assert result["error"]["http_status"] == 401


def test_a_given_token_without_endpoints_reads_the_catalog_or_uses_the_region(run: Run) -> None:
    bare = {"auth_token": TOKEN, "project_id": PROJECT, "region": "region-1", "auth_url": HOSTS["iam"]}
    catalog = with_token(iam("GET", "/v3/auth/catalog"))
    served = catalog.but(answer={"catalog": sign_in().answer["token"]["catalog"]})
    assert not run("vbs_policy_info", {}, [served, with_token(listed())], auth=bare).failed
    usual = listed().but(url=f"https://vbs.region-1.myhuaweicloud.com/v2/{PROJECT}/backuppolicy")
    unserved = catalog.but(status=404, answer={})
    assert not run("vbs_policy_info", {}, [unserved, with_token(usual)], auth=bare).failed


def test_keys_without_endpoints_use_the_regions_usual_addresses(run: Run) -> None:
    bare = {**KEYS, "endpoints": None, "region": "eu-de", "cloud_domain": "otc.t-systems.com"}
    usual = listed().but(url=f"https://vbs.eu-de.otc.t-systems.com/v2/{PROJECT}/backuppolicy")
    assert not run("vbs_policy_info", {}, [usual], auth=bare).failed


def test_keys_without_a_project_look_it_up_by_name(run: Run) -> None:
    bare = {**KEYS, "project_id": None, "project_name": "region-1", "auth_url": HOSTS["iam"]}
    find = iam("GET", "/v3/projects?name=region-1", sends={"X-Project-Id": None})
    assert not run("vbs_policy_info", {}, [find.but(answer=projects(PROJECT)), listed()], auth=bare).failed
    own = iam("GET", "/v3/auth/projects", answer=projects(PROJECT), sends={"X-Project-Id": None})
    assert not run("vbs_policy_info", {}, [find.but(status=403, answer=FORBIDDEN), own, listed()], auth=bare).failed
    result = run("vbs_policy_info", {}, [find.but(answer=projects())], auth=bare)
    assert "project_name" in result["msg"]
    result = run("vbs_policy_info", {}, [find.but(answer=projects(PROJECT, "f" * 32))], auth=bare)
    assert PROJECT in result["msg"]
    assert "f" * 32 in result["msg"]


def test_an_entry_of_clouds_yaml_is_enough(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "clouds.yaml"
    file.write_text(
        "clouds:\n  site:\n    region_name: region-1\n    auth:\n"
        f"      auth_url: {HOSTS['iam']}/v3\n      username: deployer\n      password: {PASSWORD}\n"
        "      user_domain_name: acct1\n      project_name: region-1\n"
    )
    environ = {"OS_CLIENT_CONFIG_FILE": str(file)}
    calls = [sign_in(), with_token(listed())]
    assert not run("vbs_policy_info", {"token_cache": False}, calls, auth={"cloud": "site"}, environ=environ).failed
    assert not run("vbs_policy_info", {"token_cache": False}, calls, auth={}, environ=environ).failed
    result = run("vbs_policy_info", {}, auth={"cloud": "other"}, environ=environ)
    assert "site" in result["msg"]


def test_a_catalog_without_the_service_names_its_successor(run: Run) -> None:
    calls = [sign_in(catalog={"volumev3": HOSTS["evs"] + "/v3/" + PROJECT})]
    result = run("vbs_policy_info", {}, calls, auth=USER)
    assert result.failed
    assert "CBR" in result["msg"]


def test_plain_openstack_serves_backups_from_block_storage_on_the_version_of_its_catalog(run: Run) -> None:
    calls = [
        sign_in(catalog={"volumev3": HOSTS["evs"] + "/v3/" + PROJECT}),
        with_token(evs("GET", "/v3/backups/detail?limit=1000", answer={"backups": []})),
    ]
    assert run("vbs_backup_info", {}, calls, auth=USER)["backups"] == []


def unknown_path(call: Call) -> Call:
    page = b"<html><head><title>404 Not Found</title></head><body>The resource could not be found.</body></html>"
    return call.but(status=404, raw=page, headers={"Content-Type": "text/html"})


def test_where_v2_is_gone_v3_is_used_and_remembered_beside_the_token(run: Run) -> None:
    v2 = with_token(vbs("GET", "/v2/backups/detail?limit=1000", answer={"backups": []}))
    v3 = v2.but(url=v2.url.replace("/v2/", "/v3/"))
    assert not run("vbs_backup_info", {}, [sign_in(), unknown_path(v2), v3], auth=USER).failed
    assert not run("vbs_backup_info", {}, [v3], auth=USER).failed


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_native_version_that_was_chosen_is_the_only_one_tried(run: Run, version: str) -> None:
    call = unknown_path(vbs("GET", f"/{version}/backups/detail?limit=1000"))
    result = run("vbs_backup_info", {"native_api": version}, [call])
    assert result.failed
    assert "CBR" in result["msg"]


def test_a_backup_that_is_not_there_is_no_reason_for_another_version(run: Run) -> None:
    call = vbs("GET", "/v2/backups/b1", status=404, answer=missing())
    assert run("vbs_backup_info", {"id": "b1"}, [call])["backups"] == []


def test_plain_http_to_another_host_warns(run: Run) -> None:
    options = {"endpoints": {**ENDPOINTS, "vbs": "http://vbs.example.com"}}
    call = listed().but(url=listed().url.replace("https:", "http:"))
    assert any("plain http" in warning for warning in run("vbs_policy_info", options, [call]).warnings)


def test_volumes_are_looked_up_on_v3_where_only_that_is_served(run: Run) -> None:
    look = evs("GET", "/v2/volumes/detail?name=data-1&limit=1000", answer={"volumes": [volume()]})
    v3 = look.but(url=look.url.replace("/v2/", "/v3/"))
    calls = [unknown_path(look), v3, vbs("GET", f"/v2/backups/detail?volume_id={volume()['id']}&limit=1000")]
    calls[2] = calls[2].but(answer={"backups": []})
    assert run("vbs_backup_info", {"volume": "data-1"}, calls)["backups"] == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"project_id": "../admin"}, "project_id"),
        ({"api_timeout": 0}, "api_timeout"),
        ({"api_retries": -1}, "api_retries"),
        ({"ca_path": "/nonexistent/ca.pem"}, "ca_path"),
        ({"endpoints": {"vbs": "ftp://vbs.example.com"}}, "endpoints.vbs"),
        ({"endpoints": {"vbs": "vbs.example.com"}}, "endpoints.vbs"),
        ({"access_key": "two\nlines"}, "access_key"),
        ({"native_api": "v4"}, "native_api"),
    ],
)
def test_unusable_connection_options_are_refused_before_any_request(
    run: Run, options: dict[str, t.Any], named: str
) -> None:
    result = run("vbs_policy_info", options)
    assert result.failed
    assert named in result["msg"]
