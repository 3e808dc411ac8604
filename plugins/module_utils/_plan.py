# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What passes between a module and the runner, as values."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock


class Outcome(t.NamedTuple):
    """What a real run did. ``changed``, ``before`` and ``after`` are given only where the run knew better."""

    result: Mapping[str, t.Any]
    changed: bool | None = None
    before: Mapping[str, t.Any] | None = None
    after: Mapping[str, t.Any] | None = None


class Plan(t.NamedTuple):
    """What a task will do, as a value.

    :param changes: the named changes; none means that nothing changes.
    :param result: the result as predicted, in the documented shape.
    :param before: for the diff: the state as it is, without what only the service decides.
    :param after: for the diff: the state as it will be.
    :param apply: does it. Called in a real run if there are changes, or always where ``settle`` is set.
    :param settle: there is something to wait for even without changes.
    """

    changes: tuple[str, ...]
    result: Mapping[str, t.Any]
    before: Mapping[str, t.Any] = {}
    after: Mapping[str, t.Any] = {}
    apply: Callable[[], Outcome] | None = None
    settle: bool = False


class Context(t.NamedTuple):
    """What a plan is made from. ``given`` names the options that the task set, as opposed to defaults.

    ``slice`` is what the action plugin says of this call, where a wait is in several (_slices.py).
    """

    options: Mapping[str, t.Any]
    given: frozenset[str]
    client: Client
    clock: Clock
    warn: Callable[[str], None]
    check_mode: bool
    slice: Mapping[str, t.Any] | None = None
