# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping

from . import cinder, cinder_lists, errors, keystone, versions
from .auth import Identity
from .gateway import reply_of
from .sim import Simulator
from .state import Project
from .wire import Call, Reply, Request, Route

ROUTES = [*versions.ROUTES, *keystone.ROUTES, *cinder_lists.ROUTES, *cinder.ROUTES]
NOT_FOUND = "The resource could not be found."
PAGE = """<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  {text}<br /><br />



 </body>
</html>"""


def _identify(sim: Simulator, request: Request) -> Identity:
    """Tokens only: a plain cloud knows no access keys. One 401 for whatever is wrong (openstack.md)."""
    request.auth = "token" if "x-auth-token" in request.headers else "none"
    token = sim.gatekeeper.tokens.get(request.headers.get("x-auth-token", ""))
    if token is None or token.revoked or token.expires_at <= sim.clock.now():
        raise keystone.unauthorized(sim.base_url)
    return Identity(token.user, token)


def _project_of(sim: Simulator, identity: Identity, project_id: str) -> Project:
    """The token's own project; any other, or none, is a malformed URL to Cinder (openstack.md)."""
    project = sim.store.projects.get(project_id)
    if project is None or identity.token is None or identity.token.project_id != project_id:
        raise errors.bad_request("Malformed request url")
    return project


def serve(sim: Simulator, route: Route, request: Request, params: Mapping[str, str]) -> Reply:
    """One call: the token, the project in the URL, then Keystone or Cinder."""
    identity = None if route.open else _identify(sim, request)
    project = _project_of(sim, identity, params["pid"]) if identity is not None and "pid" in params else None
    return route.handler(Call(sim, request, params, route.version, identity, project))


def not_found(sim: Simulator, request: Request) -> Reply:
    """An unknown path: the token first, then the router's 404 in the form that Accept asks for (openstack.md)."""
    try:
        _identify(sim, request)
    except errors.ApiError as refused:
        return reply_of(refused, request)
    accept = request.headers.get("accept", "")
    if any(kind in accept for kind in ("*/*", "text/*", "text/html")):
        page = PAGE.format(text=NOT_FOUND)
        return Reply(404, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})
    if "json" in accept:
        message = f"{NOT_FOUND}<br /><br />\n\n\n"
        return Reply(404, {"message": message, "code": "404 Not Found", "title": "Not Found"})
    return Reply(404, f"404 Not Found\n\n{NOT_FOUND}\n\n\n\n\n".encode(), {"Content-Type": "text/plain; charset=UTF-8"})
