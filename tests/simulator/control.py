# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.requests import Request as HttpRequest
from fastapi.responses import Response
from starlette.routing import Route as HttpRoute

from . import fleet, objects, seed
from .faults import BadFaultError
from .gateway import CONTROL, simulator_of
from .objects import KINDS, BadObjectError, Fields
from .settings import BadSettingError
from .sim import Simulator
from .state import Project

Handler = Callable[[Simulator, HttpRequest, Any], Any]
MOST_COUNT = 1_000_000


class NoSuchThingError(LookupError):
    """A control call names something that does not exist."""


def health(_sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/health."""
    return {"status": "ok"}


def reset(sim: Simulator, _http: HttpRequest, body: Any) -> Any:
    """POST /_sim/reset {settings, volumes, keep_tokens}."""
    given = _object(body)
    unknown = set(given) - {"settings", "volumes", "keep_tokens"}
    volumes = given.get("volumes")
    if unknown or not isinstance(volumes, (int, list, type(None))) or isinstance(volumes, bool):
        raise BadObjectError("reset takes settings, volumes (a number or a list of objects) and keep_tokens")
    count = 0 if isinstance(volumes, list) else volumes
    sim.reset(_object(given.get("settings")), count, keep_tokens=bool(given.get("keep_tokens")))
    for entry in volumes if isinstance(volumes, list) else ():
        project, fields = _project(sim, _object(entry))
        objects.add(sim, project, "volumes", fields)
    return {"settings": sim.settings.as_dict()}


def show_settings(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/settings."""
    return sim.settings.as_dict()


def change_settings(sim: Simulator, _http: HttpRequest, body: Any) -> Any:
    """PATCH /_sim/settings."""
    sim.change_settings(_object(body))
    return sim.settings.as_dict()


def state(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/state: everything, by project."""
    projects = {}
    for project in sim.store.projects.values():
        kinds = {
            name: [objects.as_dict(row) for row in kind.table(sim, project)]
            for name, kind in KINDS.items()
            if name != "shares"
        }
        projects[project.id] = {"id": project.id, "name": project.name, "busy": project.busy, **kinds}
    return {"projects": projects, "shares": [objects.as_dict(row) for row in sim.store.shares]}


def requests(sim: Simulator, http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/requests?since=N."""
    since = http.query_params.get("since", "0")
    if not since.isdigit():
        raise BadObjectError("since must be a number")
    return {"requests": sim.log.since(int(since))}


def clear_requests(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """DELETE /_sim/requests."""
    sim.log.clear()


def show_throttle(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/throttle: how many calls were let through and refused, and within which time."""
    return sim.throttle.as_dict()


def add_fleet(sim: Simulator, _http: HttpRequest, body: Any) -> Any:
    """POST /_sim/fleet: many volumes with policies, tasks and backups."""
    project, fields = _project(sim, _object(body))
    return fleet.add(sim, project, fields)


def list_faults(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/faults: each with how often it fired."""
    return {"faults": [rule.as_dict() for rule in sim.faults.rules]}


def add_fault(sim: Simulator, _http: HttpRequest, body: Any) -> Any:
    """POST /_sim/faults."""
    return sim.faults.add(_object(body)).as_dict()


def clear_faults(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """DELETE /_sim/faults: forgets them, and says how often each had fired."""
    rules = sim.faults.rules[:]
    sim.faults.rules.clear()
    return {"faults": [rule.as_dict() for rule in rules]}


def expire_tokens(sim: Simulator, _http: HttpRequest, body: Any) -> Any:
    """POST /_sim/tokens/expire {revoke}."""
    return {"ended": sim.gatekeeper.end_tokens(revoke=bool(_object(body).get("revoke")))}


def unlock_keys(sim: Simulator, _http: HttpRequest, _body: Any) -> Any:
    """POST /_sim/keys/unlock."""
    sim.gatekeeper.forget_failures()
    return {}


def _kind(http: HttpRequest) -> str:
    name = str(http.path_params["kind"])
    if name not in KINDS:
        raise NoSuchThingError(f"no such kind: {name}; there are {', '.join(KINDS)}")
    return name


def _object(body: Any) -> Fields:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise BadObjectError("a JSON object is needed")
    return dict(body)


def _project(sim: Simulator, fields: Fields) -> tuple[Project, Fields]:
    """The project an object goes to (the first one unless named) and the fields without it."""
    project_id = fields.pop("project_id", seed.PROJECT_ID)
    project = sim.store.projects.get(project_id)
    if project is None:
        raise NoSuchThingError(f"no such project: {project_id}")
    return project, fields


def _numbered(value: Any, number: int) -> Any:
    return value.replace("{n}", str(number)) if isinstance(value, str) else value


def add_objects(sim: Simulator, http: HttpRequest, body: Any) -> Any:
    """POST /_sim/{kind}: one object, a list of them, or `count` of one with `{n}` in its texts."""
    kind = _kind(http)
    entries = body if isinstance(body, list) else [body]
    added = []
    for entry in entries:
        project, fields = _project(sim, _object(entry))
        count = fields.pop("count", None)
        if count is not None and (not isinstance(count, int) or not 0 <= count <= MOST_COUNT):
            raise BadObjectError(f"count must be a number up to {MOST_COUNT}")
        for number in range(1, (1 if count is None else count) + 1):
            numbered = {name: _numbered(value, number) for name, value in fields.items()}
            added.append(objects.add(sim, project, kind, numbered))
        if count is not None:
            return {"added": count}
    shown = [objects.as_dict(row) for row in added]
    return shown if isinstance(body, list) else shown[0]


def _found(sim: Simulator, http: HttpRequest) -> tuple[Project, str, Any]:
    kind, row_id = _kind(http), http.path_params["id"]
    for project in sim.store.projects.values():
        row = KINDS[kind].table(sim, project).get(row_id)
        if row is not None:
            return project, kind, row
    raise NoSuchThingError(f"nothing with id {row_id} among {kind}")


def list_objects(sim: Simulator, http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/{kind}?project_id=."""
    kind = _kind(http)
    project, _fields = _project(sim, dict(http.query_params))
    return [objects.as_dict(row) for row in KINDS[kind].table(sim, project)]


def show_object(sim: Simulator, http: HttpRequest, _body: Any) -> Any:
    """GET /_sim/{kind}/{id}."""
    return objects.as_dict(_found(sim, http)[2])


def change_object(sim: Simulator, http: HttpRequest, body: Any) -> Any:
    """PATCH /_sim/{kind}/{id}."""
    project, kind, row = _found(sim, http)
    return objects.as_dict(objects.change(sim, project, kind, row, _object(body)))


def remove_object(sim: Simulator, http: HttpRequest, _body: Any) -> Any:
    """DELETE /_sim/{kind}/{id}."""
    project, kind, row = _found(sim, http)
    objects.remove(sim, project, kind, row)


CALLS: list[tuple[str, str, Handler, int]] = [
    ("GET", "/health", health, 200),
    ("POST", "/reset", reset, 200),
    ("GET", "/settings", show_settings, 200),
    ("PATCH", "/settings", change_settings, 200),
    ("GET", "/state", state, 200),
    ("GET", "/requests", requests, 200),
    ("DELETE", "/requests", clear_requests, 204),
    ("GET", "/throttle", show_throttle, 200),
    ("POST", "/fleet", add_fleet, 201),
    ("GET", "/faults", list_faults, 200),
    ("POST", "/faults", add_fault, 201),
    ("DELETE", "/faults", clear_faults, 200),
    ("POST", "/tokens/expire", expire_tokens, 200),
    ("POST", "/keys/unlock", unlock_keys, 200),
    ("GET", "/{kind}", list_objects, 200),
    ("POST", "/{kind}", add_objects, 201),
    ("GET", "/{kind}/{id}", show_object, 200),
    ("PATCH", "/{kind}/{id}", change_object, 200),
    ("DELETE", "/{kind}/{id}", remove_object, 204),
]


def _answer(status: int, body: Any) -> Response:
    # In ASCII, for a logged body may hold what UTF-8 cannot.
    return Response(json.dumps(body), status, media_type="application/json")


def _endpoint(handler: Handler, status: int) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def endpoint(http: HttpRequest) -> Response:
        raw = await http.body()
        try:
            body = json.loads(raw) if raw.strip() else None
            answer = handler(simulator_of(http.scope), http, body)
        except NoSuchThingError as missing:
            return _answer(404, {"error": str(missing)})
        except (BadObjectError, BadFaultError, BadSettingError, ValueError, TypeError, RecursionError) as bad:
            return _answer(400, {"error": str(bad)})
        return Response(status_code=204) if status == 204 else _answer(status, answer)

    return endpoint


def routes() -> list[HttpRoute]:
    """The control API, which needs no sign-in and is never logged (README.md)."""
    return [
        HttpRoute(CONTROL + path, _endpoint(handler, status), methods=[method])
        for method, path, handler, status in CALLS
    ]
