# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping

from . import (
    backups,
    binding,
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
from .gateway import reply_of
from .sim import Simulator
from .state import Project
from .wire import Call, Reply, Request, Route, unknown_path

# Order matters where a word stands in the place of an id: shares' `detail`, policies' `tags` (F §5.3, §6.9).
ROUTES = [
    *iam.ROUTES,
    *evs.ROUTES,
    *jobs.ROUTES,
    *backups.ROUTES,
    *native.ROUTES,
    *shares.ROUTES,
    *binding.ROUTES,
    *policy_tags.ROUTES,
    *policy_tasks.ROUTES,
    *policies.ROUTES,
    *csbs.ROUTES,
    *csbs_lists.ROUTES,
]


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


def serve(sim: Simulator, route: Route, request: Request, params: Mapping[str, str]) -> Reply:
    """One call: what the API gateway checks, then the service itself (F §2.4, §3.4)."""
    settings = sim.settings
    if settings.require_content_type and "content-type" not in request.headers:
        raise errors.gateway("APIGW.0106")
    if route.native and route.version not in settings.native_versions:
        raise unknown_path()
    identity = None if route.open else _identify(sim, route, request)
    project = None
    if identity is not None and "pid" in params:
        project = _project_of(sim, identity, request, params["pid"])
        if settings.closed_to_new_projects and route.service in ("vbs", "csbs"):
            shape = errors.csbs if route.service == "csbs" else errors.vbs
            raise shape("BackupService.4008")
    return route.handler(Call(sim, request, params, route.version, identity, project))


def not_published(_sim: Simulator, request: Request) -> Reply:
    """An unknown path or method (F §3.4)."""
    return reply_of(unknown_path(), request)
