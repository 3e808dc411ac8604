# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a real module with exactly the environment that a credential gives, and looks at what the service saw of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.client import Client
from tools.environment import clean_environment
from tools.module_process import Ended, run_alone

from . import canaries, project
from .inject import inject
from .rules import Document
from .servers import Certificate, serving
from .sign_in import Way, openstack_credential

MODULE = "vbs_policy_info"
MOST_SECONDS = 60

Call = Mapping[str, Any]


def way_problems(credential_type: Document, certificate: Certificate, way: Way) -> list[str]:
    """Run the module signed in by ``way`` to a cloud of its own, and return what is not as it should be."""
    folder = project.ROOT / "ways" / way.name.replace(" ", "-").replace(",", "")
    folder.mkdir(parents=True)
    with serving(certificate if way.tls else None) as cloud:
        token = Client(cloud.url).token() if way.inputs.get("auth_token") else ""
        words = {"{url}": cloud.url, "{ca}": certificate.text, "{token}": token}
        inputs = {name: _fill(value, words) for name, value in way.inputs.items()}
        given = inject(credential_type, inputs, str(folder))
        if way.clouds is not None:
            given = openstack_credential(cloud.url, way.clouds, str(folder))
        for name, text in given.files.items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text, encoding="utf-8")
        cloud.sim.log.clear()
        done = _run_module(given.env, folder)
        calls = cloud.sim.log.since(0)
    secrets = {**canaries.KNOWN, "token": token} if token else canaries.KNOWN
    leaked = canaries.found_in([done.stdout.encode(), done.stderr.encode()], secrets)
    problems = [f"the {name} is in what the module says" for name in sorted(leaked)]
    return problems + _judge(way, done.stdout, calls)


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    for word, meant in words.items():
        value = value.replace(word, meant) if isinstance(value, str) else value
    return value


def _run_module(given: Mapping[str, str], folder: Path) -> Ended:
    """Return how the module ended; it gets no option at all, only the variables."""
    # A home of its own, so that no token of another way is found.
    env = clean_environment({"HOME": str(folder), "PYTHONPATH": str(project.COLLECTIONS), **given})
    return run_alone(MODULE, {}, env=env, folder=folder, timeout=MOST_SECONDS)


def _judge(way: Way, output: str, calls: Sequence[Call]) -> list[str]:
    try:
        result = json.loads(output)
    except ValueError:
        return [f"the module returned no result: {output[-500:]}"]
    if way.says:
        says = str(result.get("msg"))
        return [] if result.get("failed") and way.says in says else [f"it does not say {way.says!r}: {says}"]
    if result.get("failed") or not calls:
        return [f"it failed: {result.get('msg')}"]
    sign_ins = [call for call in calls if call["path"].endswith("/auth/tokens")]
    seen = {
        "auth": calls[-1]["auth"],
        "project_id": calls[-1]["project_id"],
        "sign_ins": len(sign_ins),
        "sends a security token": "x-security-token" in calls[-1]["headers"],
        "warns": bool(result.get("warnings")),
    }
    wanted = {
        "auth": way.auth,
        "project_id": way.project_id,
        "sign_ins": way.sign_ins,
        "sends a security token": way.sends_security_token,
        "warns": bool(way.warns),
    }
    problems = [f"{key}: {seen[key]!r} instead of {value!r}" for key, value in wanted.items() if seen[key] != value]
    if way.warns not in str(result.get("warnings", "")):
        problems.append(f"no warning says {way.warns!r}: {result.get('warnings')}")
    return problems
