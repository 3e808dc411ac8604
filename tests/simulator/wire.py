# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from .auth import Identity
    from .faults import Rule
    from .settings import Settings
    from .sim import Simulator
    from .state import Project

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NAME_CHARACTERS = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fa5]+")
# ASCII 0-31 and = * < > \ , | / (F §4.1, §6.1).
TAG_FORBIDDEN = re.compile(r"[\x00-\x1f=*<>\\,|/]")


@dataclass
class Request:
    """One HTTP request as it came in, before anybody judged it."""

    method: str
    raw_path: str
    raw_query: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    request_id: str
    rule: Rule | None = None
    auth: str = "none"
    project_id: str = ""


@dataclass
class Reply:
    """What a handler answers; no body means an empty one, bytes go out as they are."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request that passed the gateway, with the project it is for."""

    sim: Simulator
    request: Request
    params: Mapping[str, str]
    version: str
    identity: Identity | None
    owner: Project | None

    @property
    def settings(self) -> Settings:
        """The settings in force now."""
        return self.sim.settings

    @property
    def project(self) -> Project:
        """The project in the path; the gateway has checked the caller's right to it."""
        if self.owner is None:
            raise LookupError("this route has no project")
        return self.owner

    @property
    def now(self) -> float:
        """The simulated wall clock."""
        return self.sim.clock.now()

    def fault(self, kind: str) -> Any:
        """What an injected fault says about this call's work (`fail_job`, `fail_resources`), or None."""
        return self.request.rule.fault.get(kind) if self.request.rule else None

    def query(self, name: str) -> str | None:
        """A query value, the last one if repeated."""
        return next((value for key, value in reversed(self.request.query) if key == name), None)

    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object, None where it is not one."""
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def base(self) -> str:
        """The base URL for links in answers, which may name an internal host (F §3.6)."""
        return self.settings.link_base or self.sim.base_url


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """A method and path of one service; `native` marks the OpenStack-form paths, `open` needs no sign-in."""

    method: str
    path: str
    handler: Handler
    service: str
    native: bool = False
    open: bool = False

    @property
    def version(self) -> str:
        """v1, v2 or v3."""
        return self.path.split("/", 2)[1]


def native(method: str, suffix: str, handler: Handler, service: str) -> list[Route]:
    """An OpenStack-form path on both its versions (F §4.4 to §4.6, §8)."""
    return [Route(method, f"/{version}/{{pid}}{suffix}", handler, service, native=True) for version in ("v2", "v3")]


def text(value: Any) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def is_uuid(value: Any) -> bool:
    """Whether this is a UUID with dashes (F §0)."""
    return isinstance(value, str) and UUID.fullmatch(value) is not None


def whole_number(value: Any, low: int, high: int) -> bool:
    """Whether this is an integer within the range; JSON's true is none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def digits(value: Any, *, low: int = 0, high: int = 10**12) -> int | None:
    """The whole number that a text of ASCII digits stands for, None for any other text or one out of range."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 12:
        return None
    return int(value) if low <= int(value) <= high else None


def good_tag(tag: Any, *, key_limit: int = 36, value_limit: int = 43, need_value: bool = True) -> bool:
    """Whether this is a tag as F §4.1 and §6.9 limit it; a value may be empty."""
    if not isinstance(tag, dict):
        return False
    key, value = tag.get("key"), tag.get("value", None if need_value else "")
    if value is None and not need_value:
        value = ""
    if not isinstance(key, str) or not isinstance(value, str):
        return False
    sizes = 1 <= len(key) <= key_limit and len(value) <= value_limit
    return sizes and not TAG_FORBIDDEN.search(key) and not TAG_FORBIDDEN.search(value)


def flag(value: str | None) -> bool:
    """A boolean in a query."""
    return (value or "").lower() in ("true", "1", "yes")


def unknown_path() -> errors.ApiError:
    """What the gateway says about a path that is not published (F §3.4)."""
    return errors.gateway("APIGW.0101")
