# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to sign in, as options, with secrets that no result may ever show."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    HOSTS,
    PROJECT,
    Call,
    Expected,
    iam,
)

# Canaries: none of these may ever be seen in a result.
SECRET_KEY = "canary-secret-key-5d41402abc4b"
PASSWORD = "canary-password-7d793037a076"
SECURITY_TOKEN = "canary-security-token-aab3238922bc"
TOKEN = "canary-token-c20ad4d76fe97759"
OTHER_TOKEN = "canary-token-renewed-c51ce410c124"
SECRETS = (SECRET_KEY, PASSWORD, SECURITY_TOKEN, TOKEN, OTHER_TOKEN)

ENDPOINTS = {"vbs": HOSTS["vbs"], "csbs": HOSTS["csbs"], "evs": HOSTS["evs"]}
# With keys and a project ID no request is needed before the first call.
KEYS: dict[str, t.Any] = {
    "access_key": "EXAMPLEACCESSKEY",
    "secret_key": SECRET_KEY,
    "project_id": PROJECT,
    "endpoints": ENDPOINTS,
}
USER: dict[str, t.Any] = {
    "username": "deployer",
    "password": PASSWORD,
    "domain_name": "acct1",
    "auth_url": HOSTS["iam"],
    "region": "region-1",
}
GIVEN_TOKEN: dict[str, t.Any] = {"auth_token": TOKEN, "project_id": PROJECT, "endpoints": ENDPOINTS}

SIGNED: dict[str, Expected] = {
    "Authorization": re.compile(
        r"^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY, SignedHeaders=\S+, Signature=[0-9a-f]{64}$"
    ),
    "X-Project-Id": PROJECT,
    "X-Auth-Token": None,
}

_CATALOG = {"vbsv2": HOSTS["vbs"] + "/v2/" + PROJECT, "volumev2": HOSTS["evs"] + "/v2/" + PROJECT}
_LOGIN = {
    "auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "deployer", "password": PASSWORD, "domain": {"name": "acct1"}}},
        },
        "scope": {"project": {"name": "region-1", "domain": {"name": "acct1"}}},
    }
}


def sign_in(token: str = TOKEN, *, catalog: dict[str, str] | None = None, **more: t.Any) -> Call:
    """The sign-in of USER (F §2.1, §14.1).

    :param catalog: addresses by type, in place of the usual ones.
    """
    answer = {
        "token": {
            "methods": ["password"],
            "expires_at": "2026-11-22T12:00:00.000000Z",
            "issued_at": "2026-11-21T12:00:00.000000Z",
            "user": {"id": "u1", "name": "deployer", "domain": {"id": "d1", "name": "acct1"}},
            "project": {"id": PROJECT, "name": "region-1", "domain": {"id": "d1", "name": "acct1"}},
            "roles": [{"id": "0", "name": "te_admin"}],
            "catalog": [_service(kind, url) for kind, url in (catalog or _CATALOG).items()],
        }
    }
    headers = {"X-Subject-Token": token}
    sends = {"X-Auth-Token": None, "Authorization": None}
    return iam("POST", "/v3/auth/tokens", body=_LOGIN, status=201, answer=answer, headers=headers, sends=sends).but(
        **more
    )


def with_token(call: Call, token: str = TOKEN) -> Call:
    """The call as it must be sent by whoever has this token."""
    return call.but(sends={**call.sends, "X-Auth-Token": token, "Authorization": None})


def _service(kind: str, url: str) -> dict[str, t.Any]:
    endpoint = {"id": "e1", "interface": "public", "region": "region-1", "region_id": "region-1", "url": url}
    return {"type": kind, "id": "c1", "name": kind, "endpoints": [endpoint]}
