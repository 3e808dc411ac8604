# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX refuses in a custom credential type. The rules are those of AWX's awx/main/fields.py and constants.py."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Document = Mapping[str, Any]

FIELD_KEYS = frozenset(
    ("id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "ask_at_runtime", "default")
)
ONLY_OF_STRINGS = ("choices", "multiline", "format", "secret")
TYPES: dict[str, type] = {"string": str, "boolean": bool}
FORMATS = ("ssh_private_key", "url")
KINDS = ("cloud", "net")
NAME = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*\Z")
FILE = re.compile(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?\Z")

FORBIDDEN_PREFIX = "ANSIBLE_"
FORBIDDEN = frozenset(
    (
        "AD_HOC_COMMAND_ID",
        "AWX_HOST",
        "CACHE",
        "CALLBACK_CONNECTION",
        "CALLBACK_QUEUE",
        "INVENTORY_HOSTVARS",
        "INVENTORY_ID",
        "INVENTORY_SOURCE_ID",
        "INVENTORY_UPDATE_ID",
        "JOB_CALLBACK_DEBUG",
        "JOB_ID",
        "MAX_EVENT_RES",
        "PATH",
        "PROJECT_REVISION",
        "PYTHONPATH",
        "REST_API_TOKEN",
        "REST_API_URL",
        "SUPERVISOR_CONFIG_PATH",
        "VIRTUAL_ENV",
    )
)
HIDDEN = re.compile(r"API|TOKEN|KEY|SECRET|PASS", re.IGNORECASE)
"""Only variables of such a name are hidden wherever AWX shows the environment of a job."""


def credential_type_problems(document: Document) -> list[str]:
    """Return what AWX would refuse in a credential type, and nothing for one that it takes."""
    problems = [] if document.get("kind") in KINDS else [f"kind: {document.get('kind')!r} is none of {KINDS}"]
    problems += input_problems(document["inputs"])
    # As AWX does it: templates are only looked at once the fields that they name are in order.
    return problems or injector_problems(document["inputs"], document["injectors"])


def input_problems(inputs: Document) -> list[str]:
    """Return what is wrong with the fields of a credential."""
    problems = [f"inputs: {key!r} is no key of it" for key in inputs if key not in ("fields", "required")]
    seen: set[str] = set()
    for field in inputs["fields"]:
        name = str(field.get("id"))
        problems += [f"{name}: {problem}" for problem in _field_problems(field)]
        problems += [f"{name}: there are two fields of this name"] * (name in seen)
        seen.add(name)
    return problems + [
        f"required: there is no field {name!r}" for name in inputs.get("required", []) if name not in seen
    ]


def _field_problems(field: Document) -> Iterator[str]:
    for key in field:
        if key not in FIELD_KEYS:
            yield f"{key!r} is no key of a field"
    kind = field.get("type", "string")
    if not NAME.match(str(field.get("id"))) or field.get("id") == "tower":
        yield "the id is no name of a variable, or reserved"
    if not isinstance(field.get("label"), str):
        yield "it has no label"
    if kind not in TYPES:
        yield f"the type {kind!r} is none of {', '.join(TYPES)}"
        return
    if field.get("format", "url") not in FORMATS:
        yield f"the format {field['format']!r} is none of {', '.join(FORMATS)}"
    if "default" in field and not isinstance(field["default"], TYPES[kind]):
        yield f"the default {field['default']!r} is no {kind}"
    for key in ONLY_OF_STRINGS:
        if key in field and kind != "string":
            yield f"{key!r} is only for strings"


def injector_problems(inputs: Document, injectors: Document) -> list[str]:
    """Return what is wrong with the templates that make files and variables of the fields."""
    # AWX knows a third kind, extra_vars, which any task can print; here it is refused.
    problems = [f"injectors: {key!r} is none of file and env" for key in injectors if key not in ("file", "env")]
    files, variables = injectors.get("file", {}), injectors.get("env", {})
    problems += [f"file: {name!r} is no name of a template" for name in files if not FILE.match(name)]
    if "template" in files and len(files) > 1:
        return [*problems, "file: several files are called template.NAME, each of them"]
    problems += [f"{name}: {problem}" for name, text in variables.items() for problem in _variable_problems(name, text)]
    namespace = _example(inputs, files)
    for name, text in {**files, **variables}.items():
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(text).render(namespace)
        except TemplateError as error:
            problems.append(f"{name}: {error}")
    return problems


def _variable_problems(name: str, text: Any) -> Iterator[str]:
    if not NAME.match(name):
        yield "this is no name of an environment variable"
    if name.startswith(FORBIDDEN_PREFIX) or name in FORBIDDEN:
        yield "AWX does not let a credential set this variable"
    if not isinstance(text, str) or not text.isascii():
        yield "the template is not ASCII text"


class _Unnamed:
    """Stands for the files where each has a name of its own: it cannot be written as if it were one."""

    def __str__(self) -> str:
        raise UndefinedError("tower.filename is only there for one file, called template")


def _example(inputs: Document, files: Document) -> dict[str, Any]:
    filename: Any = "EXAMPLE_FILENAME" if "template" in files else _Unnamed()
    for name in files:
        if "." in name:
            setattr(filename, name.split(".")[1], "EXAMPLE_FILENAME")
    fields = {field["id"]: "EXAMPLE" for field in inputs["fields"]}
    return {**fields, "tower": types.SimpleNamespace(filename=filename)}
