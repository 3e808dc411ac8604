# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only place that knows Ansible's module object, ends the process, and owns the clock.

A module gives a spec and a function that plans; check mode, diff and the real run come from that one plan.
"""

from __future__ import annotations

import os
import sys
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.huaweicloud.backup.plugins.module_utils import _http
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import (
    COMMON,
    ArgSpec,
    Options,
    whole_number,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock, system_clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._connect import connect
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable
from ansible_collections.huaweicloud.backup.plugins.module_utils._version import VERSION

Result = dict[str, t.Any]
Planner = Callable[[Context], Plan]
Checker = Callable[[Mapping[str, t.Any]], None]


# Of a warning, which may quote what the service said.
_LONGEST = 8000


class _Module(AnsibleModule):
    """Ansible's module with additions that must come before its own validation.

    A null counts as not given, and in connection options and C(progress) an empty text too (contract §1); a whole
    number is nothing else, and secrets are hidden from the first message on.
    """

    given: frozenset[str] = frozenset()
    slice: Mapping[str, t.Any] | None = None
    # Set by Ansible.
    ansible_version: str
    no_log_values: set[str]

    def __init__(self, *, argument_spec: Options, **kwargs: t.Any) -> None:
        self._whole_numbers = [name for name, row in argument_spec.items() if row["type"] == "int"]
        AnsibleModule.__init__(self, argument_spec=argument_spec, **kwargs)

    def _log_to_syslog(self, msg: str) -> None:
        # What syslog cannot take, such as a NUL, would end the task before the option is named.
        AnsibleModule._log_to_syslog(self, printable(msg, _LONGEST))  # noqa: SLF001

    def fail_json(self, msg: str, **results: t.Any) -> t.NoReturn:
        """End the task; what Ansible itself refuses has an C(error) like all other failures (contract §2)."""
        if "error" not in results:
            advice = "correct the task's options as the message says"
            results.update(changed=False, error=BackupError(str(msg), advice=advice).as_result())
        AnsibleModule.fail_json(self, msg, **results)
        raise SystemExit(1)

    def _load_params(self) -> None:
        AnsibleModule._load_params(self)  # noqa: SLF001 # the one place before validation
        # No option: from the action plugin of a module that waits, and too long for a log.
        self.slice = self.params.pop("_slice", None)
        for name, value in list(self.params.items()):
            # Ansible takes a null for given where it looks what is required, and then hands it on as not given.
            is_null = value is None and not name.startswith("_ansible_")
            if is_null or (value == "" and name in (*COMMON.options, "progress")):
                del self.params[name]
        # Where endpoints is no dictionary, Ansible gives up before it has looked for secrets, shows all options,
        # and does not say which one it is about.
        secrets = [self.params.get(name) for name, row in COMMON.options.items() if row.get("no_log")]
        self.no_log_values |= {secret for secret in secrets if isinstance(secret, str) and secret}
        if not _is_dictionary(self.params.get("endpoints")):
            self.params["endpoints"] = {"not a dictionary": None}
        for name in self._whole_numbers:
            if self.params.get(name) is not None:
                self.params[name] = whole_number(self.params[name])
        self.given = frozenset(self.params)


def _is_dictionary(value: t.Any) -> bool:
    if value is None or isinstance(value, Mapping):
        return True
    try:
        check_type_dict(value)
    except TypeError:
        return False
    return True


def run(spec: ArgSpec, plan: Planner, *, check: Checker | None = None) -> None:
    """Run a module that plans and applies.

    :param check: validates options before anything is sent; raises OptionError.
    """

    run_work(spec, lambda context: perform(context, plan(context)), check=check)


def perform(context: Context, made: Plan) -> Result:
    """Apply a plan unless in check mode: the result, with the diff."""
    changed = bool(made.changes)
    outcome = Outcome(made.result)
    if made.apply is not None and not context.check_mode and (changed or made.settle):
        try:
            outcome = made.apply()
        except BackupError as error:
            # A failure halfway does not hide what was done before it.
            error.results.setdefault("changed", context.client.has_written)
            raise
        changed = changed if outcome.changed is None else outcome.changed
    before = made.before if outcome.before is None else outcome.before
    after = made.after if outcome.after is None else outcome.after
    return {"changed": changed, "diff": {"before": dict(before), "after": dict(after)}, **outcome.result}


def run_info(
    spec: ArgSpec,
    fetch: Callable[[Context], Mapping[str, t.Any]],
    *,
    check: Checker | None = None,
) -> None:
    """Run a module that only reads."""
    run_work(spec, lambda context: {"changed": False, **fetch(context)}, check=check)


def run_work(
    spec: ArgSpec,
    work: Callable[[Context], Result],
    *,
    check: Checker | None = None,
) -> None:
    """Run a module: options, credentials and clock in, one result or one failure out."""
    module = _Module(supports_check_mode=True, **COMMON.merge(spec).kwargs())
    if _http.REQUESTS_IMPORT_ERROR is not None:
        missing = BackupError(missing_required_lib("requests"), advice="install requests for that Python")
        shown = {"error": missing.as_result(), "changed": False, "exception": _http.REQUESTS_IMPORT_ERROR}
        module.fail_json(missing.message, **shown)
    try:
        if check is not None:
            check(module.params)
        result = work(_context(module, system_clock()))
    except BackupError as error:
        _fail(module, error)
    except Exception as error:  # noqa: BLE001 # pylint: disable=broad-except
        # A user at three in the morning needs a sentence, not a traceback; the place is enough to report it.
        _fail(module, BackupError(_unexpected(error), advice="report this with the sentence above"))
    else:
        if not module._diff:  # noqa: SLF001 # the name that Ansible gives it
            result.pop("diff", None)
        module.exit_json(**result)


def _context(module: _Module, clock: Clock) -> Context:
    def warn(text: str) -> None:
        module.warn(printable(text, _LONGEST))

    client = connect(
        module.params,
        module.given,
        os.environ,
        clock=clock,
        user_agent=f"huaweicloud.backup/{VERSION} ansible-core/{module.ansible_version}",
        warn=warn,
        keep_secret=module.no_log_values.add,
    )
    return Context(
        options=module.params,
        given=module.given,
        client=client,
        clock=clock,
        warn=warn,
        check_mode=module.check_mode,
        slice=module.slice,
    )


def _fail(module: _Module, error: BackupError) -> t.NoReturn:
    # An option's message already says what to correct.
    advice = None if isinstance(error, OptionError) else error.advice
    hint = f". {advice[:1].upper()}{advice[1:]}." if advice else ""
    shown = error.as_result()
    module.fail_json(f"{shown['message']}{hint}", error=shown, **{"changed": False, **error.results})


def _unexpected(error: Exception) -> str:
    trace = sys.exc_info()[2]
    place = "?"
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}"
        trace = trace.tb_next
    kind = type(error).__name__
    return f"unexpected {kind} at {place} of huaweicloud.backup {VERSION}; this is a fault of the collection"
