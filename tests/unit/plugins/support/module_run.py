# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's real main() in this process, from its arguments as bytes to its result as text.

Whatever a test looks at, each run is also held against what holds for every run: the documented results, no secret in
the output, no traceback, no write in check mode, a diff only where it was asked for, an exit status that fits, and no
operation that the page about them does not name.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import threading
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.huaweicloud.backup.plugins.module_utils import _runner
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import deviations
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import KEYS, SECRETS, SIGNED
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.rights import unnamed
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    Expected,
    Script,
    Sent,
)

# In seconds of this machine.
_LONGEST_JOIN = 10.0
MODULES = "ansible_collections.huaweicloud.backup.plugins.modules."

_ALWAYS: dict[str, Expected] = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": re.compile(r"^huaweicloud\.backup/[0-9.]+ ansible-core/2\.19\.0$"),
    "Cookie": None,
}


@dataclass(frozen=True)
class Result:
    """What a run gave: its result, the warnings in it, the pauses it made and the requests it sent."""

    data: Mapping[str, t.Any]
    warnings: Sequence[str]
    pauses: Sequence[float]
    sent: Sequence[Sent] = field(repr=False)
    text: str = field(repr=False)

    def __getitem__(self, key: str) -> t.Any:
        return self.data[key]

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return bool(self.data.get("failed"))

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and address of each request that changes something."""
        return [(sent.method, sent.url) for sent in self.sent if sent.writes]


def run_module(
    name: str,
    options: Mapping[str, t.Any],
    calls: t.Iterable[Call] = (),
    *,
    auth: Mapping[str, t.Any] | None = None,
    check_mode: bool = False,
    diff: bool = False,
    environ: Mapping[str, str] | None = None,
    home: str = "/nonexistent",
    clock: FakeClock | None = None,
) -> Result:
    """Run a module against a script.

    :param auth: options that every test gives, KEYS by default; those of the test itself win.
    :param environ: the whole environment, besides PATH and HOME.
    """
    clock = clock or FakeClock()
    auth = KEYS if auth is None else auth
    signed = SIGNED if auth is KEYS and "security_token" not in options else {}
    script = Script(calls, clock=clock, sends={**_ALWAYS, **signed})
    arguments = {**auth, **options, **ansible_arguments(check_mode=check_mode, diff=diff)}
    with script.playing(), _surroundings({"HOME": home, "PATH": os.defpath, **(environ or {})}, clock):
        text, status = call_main(name, arguments)
    result = read_result(text, clock, script.sent)
    check_result(name, result, status, check_mode=check_mode, diff=diff)
    return result


def ansible_arguments(*, check_mode: bool, diff: bool) -> dict[str, t.Any]:
    """What Ansible itself adds to a module's options."""
    return {"_ansible_check_mode": check_mode, "_ansible_diff": diff, "_ansible_version": "2.19.0"}


@contextlib.contextmanager
def _surroundings(environ: Mapping[str, str], clock: FakeClock) -> Iterator[None]:
    with mock.patch.dict(os.environ, environ, clear=True), fake_time(clock):
        yield


@contextlib.contextmanager
def fake_time(clock: FakeClock) -> Iterator[None]:
    """Give modules this clock in place of the machine's."""
    with mock.patch.object(_runner, "system_clock", clock.as_clock):
        yield


def call_main(name: str, arguments: Mapping[str, t.Any]) -> tuple[str, t.Any]:
    """What main() prints and its exit status, with these arguments; as every supported ansible-core wants it."""
    module = importlib.import_module(MODULES + name)
    stdout = io.StringIO()
    status: t.Any = "main() came back"
    others = set(threading.enumerate())
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        given = json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments)}).encode()
        enter(mock.patch.object(basic, "_ANSIBLE_ARGS", given))
        # From ansible-core 2.19 on.
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            enter(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
        for gathered in ("_global_warnings", "_global_deprecations"):
            empty = type(getattr(ansible_warnings, gathered))()
            enter(mock.patch.object(ansible_warnings, gathered, empty))
        enter(contextlib.redirect_stdout(stdout))
        try:
            module.main()
        except SystemExit as ended:
            status = ended.code
        finally:
            # A thread that is left behind would go on in the next test. Where two modules run at once, each in a thread
            # of its test, the new ones may be the other's.
            if threading.current_thread() is threading.main_thread():
                for thread in set(threading.enumerate()) - others:
                    thread.join(_LONGEST_JOIN)
    return stdout.getvalue(), status


def read_result(text: str, clock: FakeClock, sent: Sequence[Sent]) -> Result:
    """A result from what a module printed."""
    data = json.loads(text)
    # From ansible-core 2.19 on a warning is an object.
    warnings = [item if isinstance(item, str) else item["event"]["msg"] for item in data.pop("warnings", ())]
    return Result(data, warnings, tuple(clock.pauses), tuple(sent), text)


def check_result(name: str, result: Result, status: t.Any, *, check_mode: bool, diff: bool) -> None:
    """What holds for every run of every module."""
    assert status == (1 if result.failed else 0), f"exit status {status}"
    for secret in SECRETS:
        assert secret not in result.text, f"a secret in the result: {result.text}"
    assert "Traceback" not in result.text, result.text
    assert "fault of the collection" not in result.text, result.text
    assert not (check_mode and result.writes), f"check mode sent {result.writes}"
    assert ("diff" in result.data) == (diff and not result.failed and not name.endswith("_info")), result.data
    if "diff" in result.data:
        assert set(result["diff"]) == {"before", "after"}, result["diff"]
    found = deviations(name, result.data)
    assert not found, found
    missing = unnamed(name, result.sent)
    assert not missing, f"guide_operations.rst does not name {name} for {missing}"
