# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds a real result against the module's RETURN documentation: keys, types, and where null is allowed."""

from __future__ import annotations

import functools
import importlib
import re
import typing as t
from collections.abc import Iterator, Mapping

import yaml

MODULES = "ansible_collections.huaweicloud.backup.plugins.modules."

_ANSIBLE_OWN = {"changed", "failed", "msg", "invocation", "warnings", "deprecations", "diff", "exception"}
_MAY_BE_NULL = re.compile(r"(?<!that is )\bnull\b")
# Ansible gives these a meaning of their own, so no result may use them (contract §2).
_RESERVED = {"failed", "results", "keys", "items", "values"}
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}


@functools.cache
def documented_results(name: str) -> dict[str, t.Any]:
    """The parsed RETURN of a module."""
    return dict(yaml.safe_load(importlib.import_module(MODULES + name).RETURN))


@functools.cache
def documentation(name: str) -> dict[str, t.Any]:
    """The parsed DOCUMENTATION of a module, without its fragments."""
    return dict(yaml.safe_load(importlib.import_module(MODULES + name).DOCUMENTATION))


def deviations(name: str, data: Mapping[str, t.Any]) -> list[str]:
    """Where a result is not as documented; empty where it is."""
    documented = documented_results(name)
    failed = bool(data.get("failed"))
    found = []
    for key, value in data.items():
        if key in documented:
            found.extend(_compare(key, documented[key], value))
        elif key not in _ANSIBLE_OWN:
            found.append(f"{key}: not documented")
    for key, row in documented.items():
        when = str(row["returned"])
        due = key == "error" if failed else "success" in when
        if due and key not in data:
            found.append(f"{key}: documented as returned on {when}, but missing")
    if not failed and "error" in data:
        found.append("error: there without a failure")
    if not isinstance(data.get("changed"), bool):
        found.append("changed: missing or no boolean")
    return found


def _compare(place: str, row: Mapping[str, t.Any], value: t.Any) -> Iterator[str]:
    if value is None:
        if not _MAY_BE_NULL.search(str(row["description"])):
            yield f"{place}: is null, which the documentation does not say"
        return
    kind = row["type"]
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
        yield f"{place}: {value!r} is no {kind}"
    elif kind == "list":
        element = {"type": row["elements"], "contains": row.get("contains"), "description": ""}
        for number, item in enumerate(value):
            yield from _compare(f"{place}[{number}]", element, item)
    elif kind == "dict" and row.get("contains"):
        yield from _compare_dict(place, row["contains"], value)


def _compare_dict(place: str, contains: Mapping[str, t.Any], value: Mapping[str, t.Any]) -> Iterator[str]:
    for key in sorted(set(contains) | set(value)):
        if key in _RESERVED:
            yield f"{place}.{key}: a name that Ansible keeps"
        if key not in contains:
            yield f"{place}.{key}: not documented"
        elif key in value:
            yield from _compare(f"{place}.{key}", contains[key], value[key])
        elif contains[key]["returned"] == "always":
            yield f"{place}.{key}: documented as always there, but missing"
