# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from fastapi import FastAPI
from fastapi.requests import Request as HttpRequest
from fastapi.responses import Response
from starlette.routing import Route as HttpRoute

from . import control, errors, huawei, openstack
from .gateway import CONTROL, Answer, Asgi, Gateway, rendered, reply_of, simulator_of
from .sim import Simulator
from .wire import Reply, Request, Route

Endpoint = Callable[[HttpRequest], Awaitable[Response]]


@dataclass(frozen=True)
class Cloud:
    """One flavor: its routes, what stands before them, and its answer to unknown paths."""

    routes: Sequence[Route]
    serve: Callable[[Simulator, Route, Request, Mapping[str, str]], Reply]
    unknown: Callable[[Simulator, Request], Reply]


CLOUDS = {
    "huawei": Cloud(huawei.ROUTES, huawei.serve, huawei.not_published),
    "openstack": Cloud(openstack.ROUTES, openstack.serve, openstack.not_found),
}


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = answer.headers
    return response


def _endpoint(cloud: Cloud, route: Route) -> Endpoint:
    async def endpoint(http: HttpRequest) -> Response:
        sim = simulator_of(http.scope)
        request: Request = http.scope["sim.request"]
        request.project_id = http.path_params.get("pid", "")
        sim.timeline.run_due()
        try:
            reply = cloud.serve(sim, route, request, http.path_params)
        except errors.ApiError as refused:
            reply = reply_of(refused, request)
        return _response(rendered(reply))

    return endpoint


def _http_route(cloud: Cloud, route: Route) -> HttpRoute:
    made = HttpRoute(route.path, _endpoint(cloud, route), methods=[route.method])
    # Starlette adds HEAD to every GET; no HEAD call is published.
    made.methods = {route.method}
    return made


@cache
def application(flavor: str) -> Asgi:
    """Return FastAPI with the routes of a flavor; simulators share it, for a request brings its own (gateway.py)."""
    cloud = CLOUDS[flavor]

    async def unknown(http: HttpRequest, _error: Exception) -> Response:
        if http.url.path.startswith(CONTROL):
            return _response(rendered(Reply(404, {"error": "no such control call; see README.md"})))
        return _response(rendered(cloud.unknown(simulator_of(http.scope), http.scope["sim.request"])))

    return FastAPI(
        routes=[*(_http_route(cloud, route) for route in cloud.routes), *control.routes()],
        exception_handlers={404: unknown, 405: unknown},
        openapi_url=None,
        redirect_slashes=False,
    )


def build(sim: Simulator) -> Gateway:
    """The whole application: FastAPI holds each flavor's routes, the gateway stands before them."""
    return Gateway(application, sim)
