# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identity service's calls: sign-in, the project of a name, the catalog (F §2.1, §2.2)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import TRANSIENT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    OptionError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable, Http, Request


class SignIn(t.NamedTuple):
    """What a sign-in gives. ``expires_at`` is seconds since 1970, ``catalog`` None where the answer has none."""

    token: str
    expires_at: float
    project_id: str
    catalog: Catalog | None


def sign_in(http: Http, auth_url: str, identity: Identity, project_name: str | None) -> SignIn:
    """Get a project-scoped token (F §2.1).

    :raises BackupError: refused, or an answer without token, end or project.
    """
    body = {"auth": {"identity": _password(identity), "scope": {"project": _scope(identity, project_name)}}}
    try:
        answer = http.send(Request("sign in", "POST", f"{auth_url}/auth/tokens", body))
    except ApiError as error:
        if error.kind == TRANSIENT:
            # No refusal: the service is away for a while, and a wait may wait that out.
            raise
        raise _refused(error, identity, project_name) from None
    token = answer.headers.get("X-Subject-Token")
    details = (answer.body or {}).get("token")
    if not token or not isinstance(details, Mapping):
        raise AnswerError(f"sign-in at {auth_url}: the answer has no token", http_status=answer.status)
    project = details.get("project")
    project_id = project.get("id") if isinstance(project, Mapping) else None
    if not isinstance(project_id, str) or not project_id:
        raise OptionError("project_name", "the token that was given is for no project; name a project of this user")
    return SignIn(token, _expiry(details, answer, auth_url), project_id, _catalog(details))


def find_project(http: Http, auth_url: str, auth: AuthCallable, name: str) -> str:
    """The ID of the project with exactly this name (F §2.2).

    An ordinary member may not list projects; then the projects of the credential itself are searched.

    :raises OptionError: unknown or ambiguous name.
    :raises AnswerError: the answer has no list of projects.
    """
    query = urlencode({"name": name}, quote_via=quote, safe="")
    what = f"look up project {name!r}"
    try:
        answer = http.send(Request(what, "GET", f"{auth_url}/projects?{query}", auth=auth))
    except ApiError as error:
        if error.http_status != 403:
            raise
        answer = http.send(Request(what, "GET", f"{auth_url}/auth/projects", auth=auth))
    projects = (answer.body or {}).get("projects")
    if not isinstance(projects, list):
        raise AnswerError(f"{what}: the answer has no list of projects", http_status=answer.status)
    rows = [row for row in projects if isinstance(row, Mapping)]
    ids = sorted({str(row["id"]) for row in rows if row.get("name") == name and isinstance(row.get("id"), str)})
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise OptionError("project_name", f"several projects are called {name!r}: {', '.join(ids)}; give project_id")
    raise OptionError("project_name", f"there is no project {name!r} that this credential can use; or give project_id")


def read_catalog(http: Http, auth_url: str, auth: AuthCallable) -> Catalog | None:
    """The catalog of a token that the user gave; None where the identity service does not serve it."""
    try:
        answer = http.send(Request("read the catalog", "GET", f"{auth_url}/auth/catalog", auth=auth))
    except ApiError as error:
        if error.http_status in (403, 404, 405):
            return None
        raise
    return _catalog(answer.body or {})


def _password(identity: Identity) -> JsonObject:
    domain = {"id": identity.domain_id} if identity.domain_id else {"name": identity.domain_name}
    user = {"name": identity.username, "password": identity.password, "domain": domain}
    return {"methods": ["password"], "password": {"user": user}}


def _scope(identity: Identity, project_name: str | None) -> JsonObject:
    if identity.project_id:
        return {"id": identity.project_id}
    # Huawei needs only the name; plain Keystone needs the project's domain too.
    if identity.project_domain_id:
        domain = {"id": identity.project_domain_id}
    elif identity.project_domain_name or identity.domain_name:
        domain = {"name": identity.project_domain_name or identity.domain_name or ""}
    else:
        domain = {"id": identity.domain_id or ""}
    return {"name": project_name, "domain": domain}


def _refused(error: ApiError, identity: Identity, project_name: str | None) -> BackupError:
    project = identity.project_id or project_name
    who = f"user {identity.username} of account {identity.domain_name or identity.domain_id}, project {project}"
    return BackupError(
        f"sign-in refused for {who}: {error.message}",
        code=error.code,
        http_status=error.http_status,
        request_id=error.request_id,
        advice="check username, password, domain_name, project_name and auth_url, and that the user has a role there",
        retryable=error.retryable,
    )


def _expiry(details: Mapping[str, t.Any], answer: Answer, auth_url: str) -> float:
    try:
        moment = datetime.strptime(str(details.get("expires_at"))[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise AnswerError(f"sign-in at {auth_url}: the token has no readable end", http_status=answer.status) from None
    return moment.timestamp()


def _catalog(holder: Mapping[str, t.Any]) -> Catalog | None:
    catalog = holder.get("catalog")
    return [entry for entry in catalog if isinstance(entry, dict)] if isinstance(catalog, list) and catalog else None
