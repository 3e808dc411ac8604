# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play asks for, as a list of facts that must hold in the simulator's own state once the play has converged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator import seed

JsonObject = dict[str, Any]

ANY_NAME = "*"


@dataclass(frozen=True)
class PolicyWanted:
    """A policy as asked for; None is what the play leaves open."""

    schedule: JsonObject = field(default_factory=dict)
    members: frozenset[str] | None = None
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Wanted:
    """The state that a play asks for.

    :param backups: one good backup for each (volume ID, name); the name may be ANY_NAME.
    :param policies: one policy for each name.
    :param shares: (backup name, project ID), one share for each.
    :param gone: (kind, ID) of what must not be there any more.
    :param kept: (kind, ID) of what was there before and must stay as it is.
    :param once: path of the one call that starts something anew in each pass and must never be done twice in one.
    """

    backups: Sequence[tuple[str, str]] = ()
    policies: Mapping[str, PolicyWanted] = field(default_factory=dict)
    shares: Sequence[tuple[str, str]] = ()
    gone: Sequence[tuple[str, str]] = ()
    kept: Sequence[tuple[str, str]] = ()
    once: str | None = None


@dataclass(frozen=True)
class Play:
    """A play and what it asks for.

    :param kind: for the report.
    :param tasks: as in a playbook; with ``role`` they are that role's variables instead.
    :param modules: how many modules it runs, for the limit of its time.
    :param seeds: objects that are there before, by kind.
    """

    kind: str
    wanted: Wanted
    modules: int
    tasks: Sequence[JsonObject] = ()
    role: str | None = None
    role_vars: JsonObject = field(default_factory=dict)
    seeds: Mapping[str, Sequence[JsonObject]] = field(default_factory=dict)
    flavor: str = "huawei"
    changes: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)
    """Rows that info tasks must return, by the task's name."""


def volume_id(name: str) -> str:
    """The ID that the simulator gives a volume in every run."""
    return seed.fixed_id("volume", seed.PROJECT_ID, name)


def server_id(name: str) -> str:
    """The ID that the simulator gives a server in every run."""
    return seed.fixed_id("server", seed.PROJECT_ID, name)
