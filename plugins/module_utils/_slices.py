# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A long wait in several calls of the module, so that its action plugin can say between them how it stands.

Each call is given C(_slice) beside the options: how many seconds it may wait, how old the whole wait is, and what the
call before it gave back as C(_state). A call whose time is over while the wait goes on gives C(_state) and
C(_progress) in place of a result. The next one starts nothing; it goes on within the same pause, with the same code.
"""

from __future__ import annotations

import base64
import json
import typing as t
import zlib
from collections.abc import Callable, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import (
    Checker,
    Planner,
    Result,
    perform,
    run_work,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import SliceOverError

State = dict[str, t.Any]


def run(
    spec: ArgSpec, plan: Planner, resume: Callable[[Context, State], Outcome], *, check: Checker | None = None
) -> None:
    """Run a module that plans, applies and waits.

    :param resume: goes on with what a plan's C(apply) had begun, from the state that it left.
    """

    def go_on(context: Context, state: State) -> Result:
        wait = state["wait"]
        made = Plan(
            tuple(state["changes"]),
            {},
            before=state["before"],
            after=state["after"],
            apply=lambda: resume(context, wait),
            settle=True,
        )
        return _apply(context, made)

    _run(spec, lambda context: _apply(context, plan(context)), go_on, check)


def run_info(
    spec: ArgSpec,
    fetch: Callable[[Context], Mapping[str, t.Any]],
    resume: Callable[[Context, State], Mapping[str, t.Any]],
    *,
    check: Checker | None = None,
) -> None:
    """Run a module that only reads, and may wait."""

    def go_on(context: Context, state: State) -> Result:
        return {"changed": False, **resume(context, state)}

    _run(spec, lambda context: {"changed": False, **fetch(context)}, go_on, check)


def _apply(context: Context, made: Plan) -> Result:
    try:
        return perform(context, made)
    except SliceOverError as over:
        over.state = {"wait": over.state, "changes": made.changes, "before": made.before, "after": made.after}
        raise


def _run(
    spec: ArgSpec,
    begin: Callable[[Context], Result],
    go_on: Callable[[Context, State], Result],
    check: Checker | None,
) -> None:
    def work(context: Context) -> Result:
        options, given = context.options, context.slice
        if given is None or not options["wait"] or not options["progress"] or context.check_mode:
            return begin(context)
        sliced = context._replace(clock=_timeline(context.clock, float(given["waited"]), float(given["seconds"])))
        saved: State = _unpack(given["state"]) if given["state"] else {"written": False, "state": None}
        # A failure says that the task changed something also where an earlier call did.
        context.client.has_written = saved["written"]
        try:
            return begin(sliced) if saved["state"] is None else go_on(sliced, saved["state"])
        except SliceOverError as over:
            state = _pack({"written": context.client.has_written, "state": over.state})
            return {"changed": False, "_progress": over.progress._asdict(), "_state": state}

    run_work(spec, work, check=check)


def _timeline(clock: Clock, waited: float, seconds: float) -> Clock:
    """The clock of all calls together: moments of one call mean the same in the next."""
    began = clock.monotonic()
    return clock._replace(monotonic=lambda: clock.monotonic() - began + waited, ends_at=waited + seconds)


def _pack(state: Mapping[str, t.Any]) -> str:
    """Small, and with no piece of text in it that Ansible could take for a secret and blot out."""
    return base64.b64encode(zlib.compress(json.dumps(state).encode())).decode("ascii")


def _unpack(text: str) -> State:
    return t.cast("State", json.loads(zlib.decompress(base64.b64decode(text))))
