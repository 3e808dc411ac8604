# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import secrets
from typing import Any

from . import errors, iam, seed
from .auth import Token
from .clock import micros_z
from .state import Project
from .wire import Call, Reply, Route, text

REQUIRED = "The request you have made requires authentication."
MALFORMED = "The server could not comply with the request since it is either malformed or otherwise incorrect."
INTERFACES = ("public", "admin", "internal")
# There is no entry for VBS (openstack.md).
SERVICES = {"identity": "/v3", "volumev3": "/v3/{pid}", "volumev2": "/v2/{pid}"}
NAMES = {"identity": "keystone"}


def unauthorized(base_url: str) -> errors.ApiError:
    """The one 401 of Keystone, and of the token check before Cinder (openstack.md)."""
    error = errors.identity(401, REQUIRED)
    error.headers["WWW-Authenticate"] = f'Keystone uri="{base_url}/v3"'
    return error


def _bad(what: str) -> errors.ApiError:
    return errors.identity(400, f"{what} {MALFORMED} The client is assumed to be in error.")


def _user(call: Call, auth: dict[str, Any]) -> seed.User:
    identity = auth.get("identity")
    if not isinstance(identity, dict) or not isinstance(identity.get("methods"), list):
        raise errors.identity(400, "Invalid input for field 'identity': 'methods' is a required property")
    password = identity.get("password")
    given = password.get("user") if isinstance(password, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("password"), str):
        raise _bad("Expecting to find password in user.")
    if "id" not in given and not isinstance(given.get("domain"), dict):
        raise _bad("Expecting to find domain in user.")
    users = (user for user in seed.USERS.values() if given.get("id") == user.id or given.get("name") == user.name)
    user = next(users, None)
    in_domain = "id" in given or iam.is_domain(given["domain"])
    if user is None or not in_domain or given["password"] != user.password or identity["methods"] != ["password"]:
        raise unauthorized(call.sim.base_url)
    return user


def _project(call: Call, user: seed.User, given: Any) -> Project:
    """The project asked for; unknown or without a role in it, the same 401 (openstack.md)."""
    if not isinstance(given, dict) or not (text(given.get("id")) or text(given.get("name"))):
        raise _bad("Expecting to find id or name in project.")
    if "id" not in given and not isinstance(given.get("domain"), dict):
        raise _bad("Expecting to find domain in project.")
    for project in call.sim.store.projects.values():
        named = project.name == given.get("name") and iam.is_domain(given.get("domain"))
        if project.id in user.project_ids and (project.id == given.get("id") or ("id" not in given and named)):
            return project
    raise unauthorized(call.sim.base_url)


def _catalog(call: Call, project_id: str) -> list[dict[str, Any]]:
    """Every service; one without a project in the token has no endpoints."""
    entries = []
    for kind, path in SERVICES.items():
        shown = [] if "{pid}" in path and not project_id else list(INTERFACES if kind == "identity" else ("public",))
        endpoints = [
            {
                "id": seed.fixed_id("endpoint", interface, kind).replace("-", ""),
                "interface": interface,
                "region": seed.REGION,
                "region_id": seed.REGION,
                "url": call.sim.base_url + path.format(pid=project_id),
            }
            for interface in shown
        ]
        service_id = seed.fixed_id("service", "", kind).replace("-", "")
        entries.append({"endpoints": endpoints, "id": service_id, "name": NAMES.get(kind, kind), "type": kind})
    return entries


def _token_body(call: Call, token: Token) -> dict[str, Any]:
    user = {"domain": iam.DOMAIN, "id": token.user.id, "name": token.user.name, "password_expires_at": None}
    body: dict[str, Any] = {
        "audit_ids": [secrets.token_urlsafe(16)],
        "expires_at": micros_z(math.floor(token.expires_at)),
        "issued_at": micros_z(math.floor(token.issued_at)),
        "methods": ["password"],
        "user": user,
    }
    if token.project_id:
        project = call.sim.store.projects[token.project_id]
        body |= {"is_domain": False, "project": {"domain": iam.DOMAIN, "id": project.id, "name": project.name}}
    elif token.domain_scoped:
        body["domain"] = iam.DOMAIN
    if token.project_id or token.domain_scoped:
        body["roles"] = [{"id": seed.fixed_id("role", "", "member").replace("-", ""), "name": "member"}]
        # The word alone is enough for Keystone.
        if call.query("nocatalog") is None:
            body["catalog"] = _catalog(call, token.project_id)
    return body


def issue_token(call: Call) -> Reply:
    """POST /v3/auth/tokens (openstack.md)."""
    body = call.json_object()
    if body is None:
        raise _bad("Expecting to find valid JSON in request body.")
    auth = body.get("auth")
    if not isinstance(auth, dict):
        raise _bad("Expecting to find auth in request body.")
    user = _user(call, auth)
    scope = auth.get("scope") if isinstance(auth.get("scope"), dict) else {}
    project_id, domain_scoped = "", False
    if scope and "project" in scope:
        project_id = _project(call, user, scope["project"]).id
    elif scope and "domain" in scope:
        if not iam.is_domain(scope["domain"]) or not user.project_ids:
            raise unauthorized(call.sim.base_url)
        domain_scoped = True
    seconds = call.settings.token_seconds
    token = call.sim.gatekeeper.issue(user, project_id, domain_scoped=domain_scoped, seconds=seconds)
    return Reply(201, {"token": _token_body(call, token)}, {"X-Subject-Token": token.id, "Vary": "X-Auth-Token"})


def _project_body(call: Call, project: Project) -> dict[str, Any]:
    return {
        "description": "",
        "domain_id": project.domain_id,
        "enabled": True,
        "id": project.id,
        "is_domain": False,
        "links": {"self": f"{call.sim.base_url}/v3/projects/{project.id}"},
        "name": project.name,
        "options": {},
        "parent_id": project.domain_id,
        "tags": [],
    }


def _projects(call: Call, found: list[Project]) -> Reply:
    query = f"?{call.request.raw_query}" if call.request.raw_query else ""
    links = {"next": None, "previous": None, "self": f"{call.sim.base_url}{call.request.raw_path}{query}"}
    return Reply(200, {"links": links, "projects": [_project_body(call, project) for project in found]})


def list_projects(call: Call) -> Reply:
    """GET /v3/projects: 403 for an ordinary member; a domain token may (openstack.md)."""
    token = call.identity.token if call.identity else None
    if token is None or not token.domain_scoped or call.settings.projects_forbidden:
        raise errors.identity(403, "You are not authorized to perform the requested action: identity:list_projects.")
    name = call.query("name")
    return _projects(call, [row for row in call.sim.store.projects.values() if name in (None, row.name)])


def own_projects(call: Call) -> Reply:
    """GET /v3/auth/projects: always works (openstack.md)."""
    ids = call.identity.user.project_ids if call.identity else ()
    return _projects(call, [call.sim.store.projects[project_id] for project_id in ids])


def own_catalog(call: Call) -> Reply:
    """GET /v3/auth/catalog, for a token that has one."""
    token = call.identity.token if call.identity else None
    if token is None or not (token.project_id or token.domain_scoped):
        raise errors.identity(403, "You are not authorized to perform the requested action: identity:get_auth_catalog.")
    links = {"self": f"{call.sim.base_url}/v3/auth/catalog"}
    return Reply(200, {"catalog": _catalog(call, token.project_id), "links": links})


ROUTES = [
    Route("POST", "/v3/auth/tokens", issue_token, "iam", open=True),
    Route("GET", "/v3/projects", list_projects, "iam"),
    Route("GET", "/v3/auth/projects", own_projects, "iam"),
    Route("GET", "/v3/auth/catalog", own_catalog, "iam"),
]
