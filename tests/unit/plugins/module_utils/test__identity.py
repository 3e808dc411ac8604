# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign-in, project look-up and catalog, at Huawei's identity service and at a plain Keystone."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import TokenAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    OptionError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import (
    SignIn,
    find_project,
    read_catalog,
    sign_in,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.catalogs import (
    HUAWEI,
    KEYSTONE,
    KEYSTONE_DOMAIN,
    KEYSTONE_PROJECT,
    PROJECT,
    projects,
    token_answer,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script, iam

USER = Identity(username="deployer", password="canary-password", domain_name="acct1")
SUBJECT = {"X-Subject-Token": "new-token"}
EXPIRES = 1795348800.0
UNAUTHORIZED = {"error": {"code": 401, "title": "Unauthorized", "message": "requires authentication"}}
FORBIDDEN = {"error": {"code": 403, "title": "Forbidden", "message": "not authorized: identity:list_projects."}}
GIVEN = TokenAuth("given-token")
SENDS = {"X-Auth-Token": "given-token"}


def during(calls: t.Sequence[Call], work: t.Callable[[Http], t.Any], *, retries: int = 0) -> t.Any:
    clock = FakeClock()
    http = Http(clock=clock.as_clock(), timeout=60, retries=retries, verify=True, user_agent="test")
    with Script(calls, clock=clock).playing():
        return work(http)


def signed_in(call: Call, identity: Identity = USER, project: str | None = "region-1") -> SignIn:
    return t.cast("SignIn", during([call], lambda http: sign_in(http, "https://iam.example.com/v3", identity, project)))


def tokens(scope: dict[str, t.Any], *, domain: dict[str, str] | None = None, **answer: t.Any) -> Call:
    """The sign-in request as F §14.1 and Keystone want it."""
    user = {"name": "deployer", "password": "canary-password", "domain": domain or {"name": "acct1"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    answer = {"status": 201, "headers": SUBJECT, "answer": token_answer(HUAWEI), **answer}
    body = {"auth": {"identity": identity, "scope": {"project": scope}}}
    return iam("POST", "/v3/auth/tokens", body=body, sends={"X-Auth-Token": None, "Authorization": None}, **answer)


BY_NAME = {"name": "region-1", "domain": {"name": "acct1"}}


def test_a_sign_in_gives_token_end_project_and_catalog() -> None:
    assert signed_in(tokens(BY_NAME)) == SignIn("new-token", EXPIRES, PROJECT, HUAWEI)


def test_keystones_answer_is_read_alike() -> None:
    project = {"id": KEYSTONE_PROJECT, "name": "eu-de_rig", "domain": KEYSTONE_DOMAIN}
    answer = token_answer(KEYSTONE, project=project, audit_ids=["8FYrDoOcTS"], is_domain=False)
    assert signed_in(tokens(BY_NAME, answer=answer)) == SignIn("new-token", EXPIRES, KEYSTONE_PROJECT, KEYSTONE)


@pytest.mark.parametrize("catalog", [None, [], {}, "x", [1, None]])
def test_a_sign_in_without_a_usable_catalog_has_none(catalog: t.Any) -> None:
    assert not signed_in(tokens(BY_NAME, answer=token_answer(catalog))).catalog


@pytest.mark.parametrize(
    ("changes", "project", "scope", "domain"),
    [
        ({"project_id": PROJECT}, "ignored", {"id": PROJECT}, {"name": "acct1"}),
        ({"project_domain_name": "other"}, "p", {"name": "p", "domain": {"name": "other"}}, {"name": "acct1"}),
        ({"project_domain_id": "d9"}, "p", {"name": "p", "domain": {"id": "d9"}}, {"name": "acct1"}),
        ({"domain_name": None, "domain_id": "d1"}, "p", {"name": "p", "domain": {"id": "d1"}}, {"id": "d1"}),
        ({"domain_id": "d1"}, "p", {"name": "p", "domain": {"name": "acct1"}}, {"id": "d1"}),
    ],
)
def test_user_and_project_are_named_as_they_were_given(
    changes: dict[str, t.Any], project: str, scope: dict[str, t.Any], domain: dict[str, str]
) -> None:
    identity = Identity(**{"username": "deployer", "password": "canary-password", "domain_name": "acct1", **changes})
    assert signed_in(tokens(scope, domain=domain), identity, project).token == "new-token"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, UNAUTHORIZED),
        (401, {"error_code": "IAM.0062", "error_msg": "wrong password"}),
        (403, {"error_code": "IAM.0080", "error_msg": "disabled"}),
        (400, {"error": {"code": 400, "message": "malformed", "title": "Bad Request"}}),
        (404, {"error": {"code": 404, "message": "no such project"}}),
    ],
)
def test_a_refused_sign_in_says_who_and_which_project_but_no_password(status: int, body: dict[str, t.Any]) -> None:
    with pytest.raises(BackupError, match="sign-in refused") as caught:
        signed_in(tokens(BY_NAME, status=status, headers={"X-Request-Id": "r1"}, answer=body))
    error = caught.value
    assert "user deployer of account acct1, project region-1" in error.message
    assert "canary" not in error.message
    assert (error.http_status, error.request_id, error.code) == (status, "r1", body.get("error_code"))
    assert error.retryable is False


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_identity_service_that_is_away_is_no_refusal_so_that_a_wait_waits_it_out(status: int) -> None:
    with pytest.raises(ApiError, match="sign in") as caught:
        signed_in(tokens(BY_NAME, status=status, answer={}))
    assert caught.value.retryable is True


def test_a_sign_in_may_be_sent_again_because_it_changes_nothing() -> None:
    def work(http: Http) -> SignIn:
        return sign_in(http, "https://iam.example.com/v3", USER, "region-1")

    calls = [tokens(BY_NAME, status=502), tokens(BY_NAME)]
    assert during(calls, work, retries=1).token == "new-token"


@pytest.mark.parametrize(
    "answer",
    [
        {"headers": {}},
        {"headers": {"X-Subject-Token": ""}},
        {"answer": {}},
        {"answer": {"token": "new-token"}},
        {"answer": token_answer(HUAWEI, expires_at="soon")},
        {"answer": token_answer(HUAWEI, expires_at=1795348800)},
        {"answer": token_answer(HUAWEI, expires_at="2026-13-99T99:00:00Z")},
    ],
)
def test_a_sign_in_without_token_or_end_is_an_error(answer: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="sign-in at https") as caught:
        signed_in(tokens(BY_NAME, **answer))
    assert caught.value.http_status == 201


@pytest.mark.parametrize("project", [None, {}, {"id": ""}, {"id": 7}, "p"])
def test_a_token_for_no_project_is_an_error_that_names_the_option(project: t.Any) -> None:
    with pytest.raises(OptionError) as caught:
        signed_in(tokens(BY_NAME, answer=token_answer(HUAWEI, project=project)))
    assert caught.value.option == "project_name"


def lookup(path: str = "/v3/projects?name=region-1", **answer: t.Any) -> Call:
    return iam("GET", path, sends=SENDS, **answer)


def project_of(*calls: Call, name: str = "region-1") -> str:
    def work(http: Http) -> str:
        return find_project(http, "https://iam.example.com/v3", GIVEN, name)

    return str(during(calls, work))


def test_a_projects_name_gives_its_id_and_is_compared_again() -> None:
    rows = projects(("p2", "region-1_dev"), (PROJECT, "region-1"), ("p3", "REGION-1"))
    assert project_of(lookup(answer=rows)) == PROJECT


@pytest.mark.parametrize(
    ("name", "query"),
    [("a b", "a%20b"), ("a+b", "a%2Bb"), ("a&b=c", "a%26b%3Dc"), ("a/b#c", "a%2Fb%23c"), ("é", "%C3%A9")],
)
def test_a_projects_name_is_encoded_as_the_signature_wants_it(name: str, query: str) -> None:
    assert project_of(lookup(f"/v3/projects?name={query}", answer=projects(("p", name))), name=name) == "p"


def test_a_member_who_may_not_list_projects_finds_its_own() -> None:
    own = lookup("/v3/auth/projects", answer=projects(("p2", "other"), (PROJECT, "region-1")))
    assert project_of(lookup(status=403, answer=FORBIDDEN), own) == PROJECT


def test_a_name_that_even_the_own_projects_lack_is_an_error() -> None:
    own = lookup("/v3/auth/projects", answer=projects(("p2", "other")))
    with pytest.raises(OptionError, match="no project 'region-1'") as caught:
        project_of(lookup(status=403, answer=FORBIDDEN), own)
    assert caught.value.option == "project_name"


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_other_refusals_of_the_look_up_are_told_as_they_are(status: int) -> None:
    with pytest.raises(ApiError, match="look up project 'region-1'") as caught:
        project_of(lookup(status=status, answer=UNAUTHORIZED))
    assert caught.value.http_status == status


@pytest.mark.parametrize("rows", [projects(), projects(("p", "other")), {"projects": [{"name": "region-1"}, 7, None]}])
def test_an_unknown_project_is_said(rows: dict[str, t.Any]) -> None:
    with pytest.raises(OptionError, match="no project 'region-1'"):
        project_of(lookup(answer=rows))


@pytest.mark.parametrize("body", [{}, {"projects": None}, {"projects": {}}, {"projects": "x"}, {"project": []}])
def test_an_answer_without_a_list_of_projects_is_not_an_unknown_project(body: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="look up project 'region-1'"):
        project_of(lookup(answer=body))


def test_an_ambiguous_project_lists_its_ids() -> None:
    rows = projects(("p2", "region-1"), ("p1", "region-1"), ("p3", "other"))
    with pytest.raises(OptionError, match="p1, p2") as caught:
        project_of(lookup(answer=rows))
    assert "p3" not in caught.value.message
    assert "project_id" in caught.value.message


def catalog_of(**answer: t.Any) -> t.Any:
    call = iam("GET", "/v3/auth/catalog", sends=SENDS, **answer)
    return during([call], lambda http: read_catalog(http, "https://iam.example.com/v3", GIVEN))


def test_the_catalog_of_a_given_token_is_read() -> None:
    answer = {"catalog": KEYSTONE, "links": {"self": "http://127.0.0.1:15000/v3/auth/catalog"}}
    assert catalog_of(answer=answer) == KEYSTONE


@pytest.mark.parametrize("status", [403, 404, 405])
def test_where_no_catalog_is_served_there_is_none(status: int) -> None:
    assert catalog_of(status=status) is None


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_catalog_that_is_refused_for_another_reason_is_an_error(status: int) -> None:
    with pytest.raises(ApiError, match="read the catalog"):
        catalog_of(status=status)


@pytest.mark.parametrize("answer", [{}, {"catalog": None}, {"catalog": {}}, {"catalog": []}])
def test_a_catalog_of_another_type_is_none(answer: dict[str, t.Any]) -> None:
    assert catalog_of(answer=answer) is None
