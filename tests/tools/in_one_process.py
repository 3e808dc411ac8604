# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs commands of Ansible with modules in the processes that Ansible forks for tasks, all loaded beforehand.

``python -m tools.in_one_process ansible-playbook play.yml`` runs this command. Without arguments it reads a step a line
from standard input, as JSON, runs each in a fork of its own, and answers each with its exit status.

A Python and an Ansible of its own for each command and each task would cost several times as much. All else, such as
loops, conditions, defaults and the templating of options, is Ansible's own. How Ansible packs a module, ships it and
starts it is not tested this way; what uses this says where that is.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback
import typing as t
import warnings
from collections.abc import Callable, Sequence

from ansible.cli.adhoc import AdHocCLI
from ansible.cli.doc import DocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import (
    cache_loader,
    callback_loader,
    connection_loader,
    filter_loader,
    init_plugin_loader,
    inventory_loader,
    shell_loader,
    strategy_loader,
    test_loader,
    vars_loader,
)

from . import paths

COLLECTION = f"{paths.NAMESPACE}.{paths.NAME}."
MODULES = f"ansible_collections.{COLLECTION}plugins.modules."
LOADERS = (
    cache_loader,
    callback_loader,
    connection_loader,
    filter_loader,
    inventory_loader,
    shell_loader,
    strategy_loader,
    test_loader,
    vars_loader,
)
PROFILE = "legacy"
PROGRAMS = {
    "ansible": AdHocCLI,
    "ansible-doc": DocCLI,
    "ansible-galaxy": GalaxyCLI,
    "ansible-playbook": PlaybookCLI,
}


class Step(t.TypedDict):
    """A command, where and how to run it. ``parse_only``: find out whether its options exist, and no more."""

    argv: list[str]
    cwd: str
    env: dict[str, str]
    output: str
    parse_only: bool


def main(arguments: Sequence[str]) -> int:
    """Run this command, or answer each step with its exit status, in order, until the input ends."""
    init_plugin_loader()
    # Each command is going to do so too.
    warnings.filterwarnings("ignore", message="AnsibleCollectionFinder has already been configured")
    for loader in LOADERS:
        for _plugin in loader.all(class_only=True):
            pass
    prepare()
    if arguments:
        return _run(arguments)
    for line in sys.stdin:
        status = _in_a_fork(json.loads(line))
        print(status, flush=True)
    return 0


def prepare() -> None:
    """Let modules run here, and load them once instead of for each task."""
    _run_modules_here()
    for file in sorted((paths.CHECKOUT / "plugins" / "modules").glob("[!_]*.py")):
        importlib.import_module(MODULES + file.stem)


def _in_a_fork(step: Step) -> int:
    child = os.fork()
    if not child:
        status = 1
        try:
            status = _command(step)
        except BaseException:  # noqa: BLE001 - whatever it is, it is the command's end and not this process's
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _command(step: Step) -> int:
    output = os.open(step["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(step["cwd"])
    os.environ.clear()
    os.environ.update(step["env"])
    return _run(step["argv"], parse_only=step["parse_only"])


def _run(words: Sequence[str], *, parse_only: bool = False) -> int:
    cli = PROGRAMS[words[0]](list(words))
    try:
        if parse_only:
            cli.parse()
            return 0
        return int(cli.run() or 0)
    except SystemExit as ended:
        return int(ended.code or 0) if not isinstance(ended.code, str) else 1


def _run_modules_here() -> None:
    """Let the action that runs modules run the collection's own in a fork of the process that Ansible forked."""
    original = ActionBase._execute_module
    if original.__name__ == "execute_here":
        return

    def execute_here(self: t.Any, module_name: t.Any = None, module_args: t.Any = None, **more: t.Any) -> t.Any:
        name = str(module_name or self._task.action)
        if not name.startswith(COLLECTION) or more.get("wrap_async"):
            return original(self, module_name=module_name, module_args=module_args, **more)
        arguments = dict(self._task.args if module_args is None else module_args)
        self._update_module_args(name, arguments, more.get("task_vars"))
        printed = _in_a_process(lambda: _output_of(name.removeprefix(COLLECTION), arguments))
        return t.cast("dict[str, t.Any]", json.loads(printed, cls=_decoder()))

    setattr(ActionBase, "_execute_module", execute_here)  # noqa: B010 - a type checker lets nobody assign to a method


def _decoder() -> t.Any:
    """Return what reads a module's output as the controller does: from ansible-core 2.19 on warnings are objects."""
    if not hasattr(basic, "_ANSIBLE_PROFILE"):
        return None
    formats: t.Any = importlib.import_module("ansible.plugins.action")
    return formats.get_module_decoder(PROFILE, formats.Direction.MODULE_TO_CONTROLLER)


def _in_a_process(work: Callable[[], str]) -> str:
    """Return what ``work`` returned in a process of its own, as a module has one: nothing of it stays here."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as answer:
                answer.write(work())
        except BaseException:  # noqa: BLE001 - as above
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def _output_of(name: str, arguments: dict[str, t.Any]) -> str:
    module = importlib.import_module(MODULES + name)
    internal = {key: value for key, value in arguments.items() if key.startswith("_ansible_")}
    given = json.loads(json.dumps({key: value for key, value in arguments.items() if key not in internal}))
    given.update(json.loads(json.dumps(internal, default=str)))
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
    # From ansible-core 2.19 on.
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = PROFILE
        # Else a module's warnings would be shown at once, and be lost here.
        vars(importlib.import_module("ansible.module_utils._internal"))["is_controller"] = False
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        module.main()
    return printed.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
