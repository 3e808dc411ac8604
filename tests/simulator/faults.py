# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .wire import Request

KINDS: Mapping[str, tuple[type, ...]] = {
    "status": (int,),
    "headers": (dict,),
    "body": (dict, list, str),
    "raw": (str,),
    "drop": (str,),
    "hang": (str,),
    "seconds": (int, float),
    "delay": (int, float),
    "truncate": (int,),
    "fail_job": (dict,),
    "fail_resources": (dict,),
}
EFFECTS = ("status", "drop", "hang", "delay", "truncate", "fail_job", "fail_resources")


class BadFaultError(ValueError):
    """A fault that makes no sense; the text says why."""


@dataclass
class Rule:
    """One injected fault: which requests it is for, and what it does to them."""

    id: int
    method: str
    path: re.Pattern[str]
    body_contains: str
    skip: int
    times: int
    probability: float
    chance: random.Random
    fault: dict[str, Any]
    seen: int = 0
    fired: int = 0
    source: dict[str, Any] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        """Whether this request is one that the rule is about."""
        if self.method not in ("", request.method) or not self.path.search(request.raw_path):
            return False
        return not self.body_contains or self.body_contains.encode() in request.body

    def fires(self) -> bool:
        """Count a matching request, and say if the fault is to strike it."""
        if 0 <= self.times <= self.fired:
            return False
        self.seen += 1
        if self.seen <= self.skip or self.chance.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        """The rule as given, and how often it fired."""
        return {**self.source, "id": self.id, "seen": self.seen, "fired": self.fired}


def _checked_fault(fault: Any) -> dict[str, Any]:
    if not isinstance(fault, dict) or not any(kind in fault for kind in EFFECTS):
        raise BadFaultError(f"fault must be an object with one of {', '.join(EFFECTS)}")
    for kind, value in fault.items():
        if kind not in KINDS or not isinstance(value, KINDS[kind]) or isinstance(value, bool):
            raise BadFaultError(f"fault has a bad {kind!r}")
    if fault.get("drop", "before") not in ("before", "after"):
        raise BadFaultError("drop must be before or after")
    if fault.get("hang", "before") not in ("before", "after"):
        raise BadFaultError("hang must be before or after")
    return fault


def _checked_number(source: Mapping[str, Any], name: str, default: float, kinds: tuple[type, ...]) -> Any:
    value = source.get(name, default)
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise BadFaultError(f"{name} must be a number")
    return value


class Faults:
    """The injected faults, in the order they were given; the first that fires wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._last = 0

    def add(self, source: Mapping[str, Any]) -> Rule:
        """Add `{match, skip, times, probability, seed, fault}`; raises BadFaultError."""
        unknown = set(source) - {"match", "skip", "times", "probability", "seed", "fault"}
        match = source.get("match", {})
        if unknown or not isinstance(match, dict) or set(match) - {"method", "path", "body_contains"}:
            raise BadFaultError(
                "a fault has match {method, path, body_contains}, skip, times, probability, seed, fault"
            )
        try:
            path = re.compile(match.get("path", ""))
        except (re.error, TypeError) as bad:
            raise BadFaultError(f"match.path is no regular expression: {bad}") from bad
        self._last += 1
        rule = Rule(
            id=self._last,
            method=str(match.get("method", "")).upper(),
            path=path,
            body_contains=str(match.get("body_contains", "")),
            skip=_checked_number(source, "skip", 0, (int,)),
            times=_checked_number(source, "times", 1, (int,)),
            probability=_checked_number(source, "probability", 1.0, (int, float)),
            chance=random.Random(source.get("seed")),
            fault=_checked_fault(source.get("fault")),
            source=dict(source),
        )
        self.rules.append(rule)
        return rule

    def pick(self, request: Request) -> Rule | None:
        """The rule that strikes this request, if any."""
        return next((rule for rule in self.rules if rule.matches(request) and rule.fires()), None)
