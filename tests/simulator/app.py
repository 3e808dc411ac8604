# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from fastapi.requests import Request as HttpRequest
from fastapi.responses import Response
from starlette.routing import Route as HttpRoute

from . import (
    backups,
    binding,
    control,
    csbs,
    csbs_lists,
    errors,
    evs,
    iam,
    jobs,
    native,
    policies,
    policy_tags,
    policy_tasks,
    shares,
)
from .auth import Identity
from .gateway import CONTROL, Answer, Gateway, rendered, reply_of
from .sim import Simulator
from .state import Project
from .wire import Call, Reply, Request, Route, unknown_path

# Order matters where a word stands in the place of an id: shares' `detail`, policies' `tags` (F §5.3, §6.9).
SERVICES = (
    iam,
    evs,
    jobs,
    backups,
    native,
    shares,
    binding,
    policy_tags,
    policy_tasks,
    policies,
    csbs,
    csbs_lists,
)

Endpoint = Callable[[HttpRequest], Awaitable[Response]]


def _project_of(sim: Simulator, identity: Identity, request: Request, project_id: str) -> Project:
    """The project in the path, if the caller may use it; else the gateway's 403 (F §3.4)."""
    if identity.token is not None:
        allowed = identity.token.project_id == project_id
    else:
        named = request.headers.get("x-project-id", project_id)
        allowed = named == project_id and project_id in identity.user.project_ids
    project = sim.store.projects.get(project_id)
    if project is None or not allowed:
        raise errors.gateway("APIGW.0302")
    return project


def _identify(sim: Simulator, route: Route, request: Request) -> Identity:
    try:
        return sim.gatekeeper.identify(request, sim.settings)
    except errors.ApiError as refused:
        if route.service != "iam" or request.auth == "aksk":
            raise
        # IAM looks at tokens itself and answers in its own shape (F §2.4).
        raise errors.identity(401, str(refused.body["error_msg"])) from refused


def _serve(sim: Simulator, route: Route, request: Request, params: Mapping[str, str]) -> Reply:
    """One call: what the gateway checks, then the service itself."""
    settings = sim.settings
    if settings.require_content_type and "content-type" not in request.headers:
        raise errors.gateway("APIGW.0106")
    if route.native and route.version not in settings.native_versions:
        raise unknown_path()
    request.project_id = params.get("pid", "")
    identity = None if route.open else _identify(sim, route, request)
    project = None
    if identity is not None and "pid" in params:
        project = _project_of(sim, identity, request, params["pid"])
        if settings.closed_to_new_projects and route.service in ("vbs", "csbs"):
            shape = errors.csbs if route.service == "csbs" else errors.vbs
            raise shape("BackupService.4008")
    return route.handler(Call(sim, request, params, route.version, identity, project))


def _endpoint(sim: Simulator, route: Route) -> Endpoint:
    async def endpoint(http: HttpRequest) -> Response:
        request: Request = http.scope["sim.request"]
        sim.timeline.run_due()
        try:
            reply = _serve(sim, route, request, http.path_params)
        except errors.ApiError as refused:
            reply = reply_of(refused, request)
        return _response(rendered(reply))

    return endpoint


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = answer.headers
    return response


def _http_route(sim: Simulator, route: Route) -> HttpRoute:
    made = HttpRoute(route.path, _endpoint(sim, route), methods=[route.method])
    # Starlette adds HEAD to every GET; no HEAD call is published.
    made.methods = {route.method}
    return made


async def _not_published(http: HttpRequest, _error: Exception) -> Response:
    """An unknown path or method (F §3.4)."""
    if http.url.path.startswith(CONTROL):
        return _response(rendered(Reply(404, {"error": "no such control call; see README.md"})))
    return _response(rendered(reply_of(unknown_path(), http.scope["sim.request"])))


def build(sim: Simulator) -> Gateway:
    """The whole application: FastAPI holds the routes, the gateway stands before it."""
    routes = [_http_route(sim, route) for module in SERVICES for route in module.ROUTES]
    app = FastAPI(
        routes=[*routes, *control.routes(sim)],
        exception_handlers={404: _not_published, 405: _not_published},
        openapi_url=None,
        redirect_slashes=False,
    )
    return Gateway(app, sim)
