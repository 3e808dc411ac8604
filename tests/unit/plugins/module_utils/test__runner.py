# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan to a result: check mode, diff, failures, and the one place that ends the process."""

from __future__ import annotations

import json
import sys
import types
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.huaweicloud.backup.plugins.module_utils import _http, _runner
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import KEYS, SECRET_KEY
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import (
    MODULES,
    ansible_arguments,
    call_main,
    run_module,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script, vbs

SPEC = ArgSpec({"name": {"type": "str"}, "size": {"type": "int", "default": 1}})


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_REGION_NAME", "OS_CLOUD", "OS_CLIENT_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., dict[str, t.Any]]:
    """Run a module that was made up for the test: its result, with the exit status as C(status)."""

    def run(
        main: t.Callable[[], None],
        *calls: Call,
        options: t.Mapping[str, t.Any] | None = None,
        check: bool = False,
        diff: bool = False,
    ) -> dict[str, t.Any]:
        monkeypatch.setitem(sys.modules, f"{MODULES}made_up", t.cast("t.Any", types.SimpleNamespace(main=main)))
        arguments = {**(KEYS if options is None else options), **ansible_arguments(check_mode=check, diff=diff)}
        with Script(calls, clock=FakeClock()).playing():
            text, status = call_main("made_up", arguments)
        assert "Traceback" not in text
        assert SECRET_KEY not in text
        return {**json.loads(text), "status": status}

    return run


Play = t.Callable[..., dict[str, t.Any]]


class Work:
    """A planner whose plan notes that it was applied."""

    def __init__(self, *changes: str, settle: bool = False, outcome: t.Any = None) -> None:
        self.applied = 0
        self.plan = Plan(
            changes,
            {"thing": "predicted"},
            before={"a": 1},
            after={"a": 2},
            apply=self.apply,
            settle=settle,
        )
        self.outcome = outcome or Outcome({"thing": "real"})

    def apply(self) -> Outcome:
        self.applied += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return t.cast("Outcome", self.outcome)

    def main(self) -> None:
        _runner.run(SPEC, lambda _context: self.plan)


@pytest.mark.parametrize(
    ("changes", "settle", "check", "changed", "applied"),
    [
        ((), False, False, False, 0),
        ((), False, True, False, 0),
        (("made",), False, False, True, 1),
        (("made",), False, True, True, 0),
        ((), True, False, False, 1),
        ((), True, True, False, 0),
    ],
)
def test_a_plan_is_applied_if_there_is_something_to_do_and_never_in_check_mode(
    play: Play, changes: tuple[str, ...], settle: bool, check: bool, changed: bool, applied: int
) -> None:
    work = Work(*changes, settle=settle)
    result = play(work.main, check=check)
    assert (result["changed"], work.applied, result["status"]) == (changed, applied, 0)
    assert result["thing"] == ("real" if applied else "predicted")
    assert "diff" not in result


def test_a_diff_is_shown_where_it_is_asked_for(play: Play) -> None:
    assert play(Work("made").main, diff=True)["diff"] == {"before": {"a": 1}, "after": {"a": 2}}
    assert play(Work("made").main, diff=True, check=True)["diff"] == {"before": {"a": 1}, "after": {"a": 2}}


def test_a_run_may_know_better_than_its_plan(play: Play) -> None:
    better = Outcome({"thing": "real"}, changed=False, before={}, after={"a": 3})
    result = play(Work("made", outcome=better).main, diff=True)
    assert (result["changed"], result["diff"]) == (False, {"before": {}, "after": {"a": 3}})


def test_a_failure_has_a_sentence_for_people_and_an_error_for_playbooks(play: Play) -> None:
    refused = ApiError("make it", status=400, code="VolumeBackup.0013", request_id="r1")
    refused.results.update(job={"id": "j1"})
    result = play(Work("made", outcome=refused).main)
    assert (result["failed"], result["status"], result["changed"]) == (True, 1, False)
    assert result["msg"] == (
        "make it: another backup of this volume is still running (VolumeBackup.0013, HTTP 400)."
        " Wait until it has ended, then try again."
    )
    assert result["error"] == refused.as_result()
    assert result["job"] == {"id": "j1"}


def test_what_was_reached_before_a_failure_is_a_change_if_the_task_says_so(play: Play) -> None:
    failed = BackupError("two of three failed", results={"changed": True, "added": ["v1"]})
    result = play(Work("made", outcome=failed).main)
    assert (result["changed"], result["added"], result["failed"]) == (True, ["v1"], True)
    assert result["msg"].startswith("two of three failed. ")


@pytest.mark.parametrize(("method", "changed"), [("PUT", True), ("GET", False)])
def test_a_failure_after_a_write_is_a_change(play: Play, method: str, changed: bool) -> None:
    def plan(context: Context) -> Plan:
        def apply() -> Outcome:
            context.client.vbs("try", method, ("backuppolicy",))
            raise BackupError("then it failed")

        return Plan(("made",), {}, apply=apply)

    result = play(lambda: _runner.run(SPEC, plan), vbs(method, "/v2/backuppolicy"))
    assert (result["failed"], result["changed"]) == (True, changed)


def test_an_options_message_is_not_followed_by_the_same_in_other_words(play: Play) -> None:
    result = play(Work("made", outcome=OptionError("name", "is too long")).main)
    assert result["msg"] == "name: is too long"
    assert result["error"]["advice"] == "correct the option name"


def test_a_fault_of_the_collection_is_one_sentence_with_its_place(play: Play) -> None:
    result = play(Work("made", outcome=ZeroDivisionError("secret detail")).main)
    assert result["failed"]
    assert "unexpected ZeroDivisionError at test__runner.py line" in result["msg"]
    assert "this is a fault of the collection" in result["msg"]
    assert "secret detail" not in json.dumps(result)


def test_options_are_checked_before_credentials_and_before_anything_is_sent(play: Play) -> None:
    def check(options: t.Mapping[str, t.Any]) -> None:
        raise OptionError("size", f"{options['size']} is odd")

    result = play(lambda: _runner.run(SPEC, lambda _context: Work().plan, check=check), options={"size": 3})
    assert result["msg"] == "size: 3 is odd"


def test_a_reading_module_never_changes_and_has_no_diff(play: Play) -> None:
    def fetch(context: Context) -> dict[str, t.Any]:
        return {"body": context.client.vbs("list", "GET", ("backuppolicy",)).body}

    result = play(lambda: _runner.run_info(SPEC, fetch), vbs("GET", "/v2/backuppolicy", answer={"a": 1}), diff=True)
    assert (result["changed"], result["body"]) == (False, {"a": 1})
    assert "diff" not in result


def test_a_plan_knows_its_options_what_was_given_and_the_mode(play: Play) -> None:
    seen: list[Context] = []

    def plan(context: Context) -> Plan:
        seen.append(context)
        context.warn("take care")
        return Plan((), {})

    options = {**KEYS, "name": "n", "region": "", "auth_url": "", "ca_path": ""}
    result = play(lambda: _runner.run(SPEC, plan), options=options, check=True)
    (context,) = seen
    assert (context.options["name"], context.options["size"], context.check_mode) == ("n", 1, True)
    assert {"name", *KEYS} <= context.given
    assert not {"region", "auth_url", "ca_path", "size", "api_timeout"} & context.given
    assert context.options["region"] is None
    assert "take care" in json.dumps(result["warnings"])


def test_without_any_credential_the_ways_are_told(play: Play) -> None:
    result = play(Work("made").main, options={})
    assert "no credentials" in result["msg"]
    assert "HW_ACCESS_KEY" in result["msg"]


def test_without_requests_the_library_is_named(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "REQUESTS_IMPORT_ERROR", "ImportError: no requests")
    result = play(Work("made").main)
    assert result["failed"]
    assert "requests" in result["msg"]
    assert "Python library" in result["msg"]


def test_warnings_move_no_cursor_and_forge_no_line(play: Play) -> None:
    def plan(context: Context) -> Plan:
        context.warn("a\x1b[2J\r\nforged" + "x" * 10_000)
        return Work().plan

    shown = json.dumps(play(lambda: _runner.run(SPEC, plan))["warnings"])
    assert "a [2J  forged" in shown
    assert len(shown) < 9000


def test_what_syslog_cannot_take_does_not_come_before_the_options_name(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def syslog(_priority: int, text: str) -> None:
        if "\0" in text or "\n" in text:
            raise ValueError("embedded null character")
        taken.append(text)

    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", syslog)
    result = run_module("vbs_policy_info", {"id": "a\0b\nMay 1 00:00:00 forged"})
    assert result.failed
    assert result["msg"].startswith("id: ")
    assert [text for text in taken if "forged" in text]
