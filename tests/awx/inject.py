# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX makes of a credential when a job starts, as CredentialType.inject_credential in AWX does it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from .rules import Document


@dataclass
class Injected:
    """The variables of a job, and the files that are written for it, by their names."""

    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def inject(credential_type: Document, inputs: Mapping[str, Any], folder: str) -> Injected:
    """Return what a credential with ``inputs`` gives to a job, its files in ``folder`` as the job sees it.

    A field that was left empty is no variable for the templates at all, and what Jinja2 makes of it is an empty text.
    """
    fields = credential_type["inputs"]["fields"]
    namespace: dict[str, Any] = {name: value for name, value in inputs.items() if value != ""}
    for one in fields:
        if one.get("type") == "boolean":
            # Its default is for the form alone: one that was not sent is false, whatever the default says.
            namespace.setdefault(one["id"], False)
    tower = types.SimpleNamespace()
    jinja = ImmutableSandboxedEnvironment()
    made = Injected()
    for number, (label, text) in enumerate(credential_type["injectors"].get("file", {}).items()):
        name = f"tmp{number}_credential"
        made.files[name] = jinja.from_string(text).render(**namespace, tower=tower)
        _name_file(tower, label, f"{folder}/{name}")
    for name, text in credential_type["injectors"].get("env", {}).items():
        made.env[name] = jinja.from_string(text).render(**namespace, tower=tower)
    return made


def _name_file(tower: types.SimpleNamespace, label: str, path: str) -> None:
    if "." not in label:
        tower.filename = path
        return
    if not hasattr(tower, "filename"):
        tower.filename = types.SimpleNamespace()
    setattr(tower.filename, label.split(".")[1], path)
