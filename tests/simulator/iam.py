# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from . import errors, seed
from .auth import Token
from .clock import micros_z
from .state import Project
from .wire import Call, Reply, Route, digits, text

DOMAIN = {"id": seed.DOMAIN_ID, "name": seed.DOMAIN_NAME}
# Catalog type -> path root (F §1); entries with a project id appear only in project-scoped catalogs.
CATALOG = {
    "identity": "/v3",
    "vbsv2": "/v2/{pid}",
    "vbs": "/v2/{pid}",
    "evs": "/v2/{pid}",
    "volumev2": "/v2/{pid}",
    "volumev3": "/v3/{pid}",
    "data-protect": "/v1/{pid}",
}
WRONG = "The username or password is wrong."


def _malformed(what: str) -> errors.ApiError:
    return errors.identity(400, f"Expecting to find {what} in the request body.")


def _inner(value: Any, *names: str) -> dict[str, Any]:
    """An object inside an object, or IAM's 400 (F §2.1)."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise _malformed(".".join(names))
    return value


def is_domain(given: Any) -> bool:
    """Whether an object names the one account there is."""
    if not isinstance(given, dict):
        return False
    return given.get("id") == seed.DOMAIN_ID or given.get("name") == seed.DOMAIN_NAME


def _user(auth: dict[str, Any]) -> seed.User:
    """Check the password (F §2.1); the same 401 whatever is wrong (F §2.4)."""
    methods = _inner(auth, "identity").get("methods")
    if not isinstance(methods, list):
        raise _malformed("auth.identity.methods")
    given = _inner(auth, "identity", "password", "user")
    if not isinstance(given.get("password"), str) or not (given.get("name") or given.get("id")):
        raise _malformed("auth.identity.password.user")
    users = (user for user in seed.USERS.values() if given.get("name") == user.name or given.get("id") == user.id)
    user = next(users, None)
    in_domain = "id" in given or is_domain(given.get("domain"))
    if methods != ["password"] or user is None or not in_domain or given["password"] != user.password:
        raise errors.identity(401, WRONG)
    return user


def _scoped_project(call: Call, user: seed.User, given: dict[str, Any]) -> Project:
    """The project a token is asked for; 404 if there is none, 403 without a role in it (F §2.1)."""
    wanted_id, wanted_name = text(given.get("id")), text(given.get("name"))
    if not wanted_id and not wanted_name:
        raise _malformed("auth.scope.project")
    in_domain = "domain" not in given or is_domain(given["domain"])
    for project in call.sim.store.projects.values():
        if project.id == wanted_id or (not wanted_id and project.name == wanted_name and in_domain):
            if project.id not in user.project_ids:
                raise errors.identity(403, "You have no right to do this action.")
            return project
    raise errors.identity(404, f"Could not find project: {wanted_id or wanted_name}.")


def _catalog(call: Call, project_id: str) -> list[dict[str, Any]]:
    """The services and where they are; all of them at this one address."""
    entries = []
    for kind in call.settings.catalog_types:
        path = CATALOG.get(kind, "/v2/{pid}")
        if not project_id and "{pid}" in path:
            continue
        endpoint = {
            "id": seed.fixed_id("endpoint", project_id, kind).replace("-", ""),
            "interface": "public",
            "region": "*" if kind == "identity" else seed.REGION,
            "region_id": "*" if kind == "identity" else seed.REGION,
            "url": call.sim.base_url + path.format(pid=project_id),
        }
        service_id = seed.fixed_id("service", "", kind).replace("-", "")
        entries.append({"type": kind, "id": service_id, "name": kind, "endpoints": [endpoint]})
    return entries


def _token_body(call: Call, token: Token) -> dict[str, Any]:
    user = {"id": token.user.id, "name": token.user.name, "domain": DOMAIN, "password_expires_at": ""}
    body: dict[str, Any] = {
        "methods": ["password"],
        "expires_at": micros_z(token.expires_at),
        "issued_at": micros_z(token.issued_at),
        "user": user,
    }
    if token.project_id:
        project = call.sim.store.projects[token.project_id]
        body["project"] = {"id": project.id, "name": project.name, "domain": DOMAIN}
    elif token.domain_scoped:
        body["domain"] = DOMAIN
    scoped = bool(token.project_id) or token.domain_scoped
    if scoped:
        body["roles"] = [{"id": "0", "name": "te_admin"}]
    # Any non-empty value of nocatalog drops the catalog (F §2.1).
    if scoped and not call.query("nocatalog"):
        body["catalog"] = _catalog(call, token.project_id)
    return body


def issue_token(call: Call) -> Reply:
    """POST /v3/auth/tokens (F §2.1)."""
    body = call.json_object()
    if body is None:
        raise errors.identity(400, "Expecting to find valid JSON in request body.")
    auth = _inner(body, "auth")
    user = _user(auth)
    scope = _inner(auth, "scope") if "scope" in auth else {}
    project_id, domain_scoped = "", False
    if "project" in scope:
        project_id = _scoped_project(call, user, _inner(scope, "project")).id
    elif "domain" in scope:
        if not is_domain(scope["domain"]):
            raise errors.identity(404, "Could not find domain.")
        if not user.project_ids:
            raise errors.identity(403, "You have no right to do this action.")
        domain_scoped = True
    seconds = call.settings.token_seconds
    token = call.sim.gatekeeper.issue(user, project_id, domain_scoped=domain_scoped, seconds=seconds)
    return Reply(201, {"token": _token_body(call, token)}, {"X-Subject-Token": token.id})


def _project_body(call: Call, project: Project) -> dict[str, Any]:
    link = f"{call.sim.base_url}/v3/projects/{project.id}"
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": project.domain_id,
        "parent_id": project.domain_id,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": link, "next": None, "previous": None},
    }


def _page_links(call: Call, path: str, page: int, pages: int) -> dict[str, str | None]:
    def link(number: int) -> str:
        pairs = [(key, str(number) if key == "page" else value) for key, value in call.request.query]
        return f"{call.sim.base_url}{path}" + (f"?{urlencode(pairs)}" if pairs else "")

    return {
        "self": link(page),
        "next": link(page + 1) if page < pages else None,
        "previous": link(page - 1) if page > 1 else None,
    }


def _page_numbers(call: Call) -> tuple[int, int] | None:
    """page and per_page, which must come together (F §2.2)."""
    page, per_page = call.query("page"), call.query("per_page")
    if page is None and per_page is None:
        return None
    number, size = digits(page, low=1), digits(per_page, low=1, high=5000)
    if number is None or size is None:
        raise errors.identity(400, "page and per_page must be given together, per_page from 1 to 5000.")
    return number, size


def _projects(call: Call, path: str, projects: list[Project]) -> Reply:
    numbers = _page_numbers(call)
    page, pages = 1, 1
    if numbers is not None:
        page, size = numbers
        pages = max(1, -(-len(projects) // size))
        projects = projects[(page - 1) * size : page * size]
    bodies = [_project_body(call, project) for project in projects]
    return Reply(200, {"projects": bodies, "links": _page_links(call, path, page, pages)})


def list_projects(call: Call) -> Reply:
    """GET /v3/projects (F §2.2): 200 with an empty list for an unknown name, 403 for an ordinary member."""
    if call.settings.projects_forbidden or not _caller(call).project_ids:
        raise errors.identity(403, "You are not authorized to perform the requested action: identity:list_projects.")
    found = []
    for project in call.sim.store.projects.values():
        body = _project_body(call, project)
        shown = {key: body[key] for key in ("name", "domain_id", "parent_id")}
        shown |= {"enabled": "true", "is_domain": "false"}
        asked = {key: call.query(key) for key in shown}
        if all(value is None or value == shown[key] for key, value in asked.items()):
            found.append(project)
    return _projects(call, "/v3/projects", found)


def own_projects(call: Call) -> Reply:
    """GET /v3/auth/projects: those in which the caller has a role (F §2.2)."""
    ids = _caller(call).project_ids
    return _projects(call, "/v3/auth/projects", [call.sim.store.projects[project_id] for project_id in ids])


def own_catalog(call: Call) -> Reply:
    """GET /v3/auth/catalog: the catalog of the credential that asks."""
    token = call.identity.token if call.identity else None
    project_id = token.project_id if token else call.request.headers.get("x-project-id", "")
    if token is not None and not project_id and not token.domain_scoped:
        raise errors.identity(403, "The token is not scoped.")
    links = {"self": f"{call.sim.base_url}/v3/auth/catalog"}
    return Reply(200, {"catalog": _catalog(call, project_id), "links": links})


def _caller(call: Call) -> seed.User:
    if call.identity is None:
        raise LookupError("this route needs an identity")
    return call.identity.user


ROUTES = [
    Route("POST", "/v3/auth/tokens", issue_token, "iam", open=True),
    Route("GET", "/v3/projects", list_projects, "iam"),
    Route("GET", "/v3/auth/projects", own_projects, "iam"),
    Route("GET", "/v3/auth/catalog", own_catalog, "iam"),
]
