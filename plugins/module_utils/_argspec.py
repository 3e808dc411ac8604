# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs that can be put together, one for each documentation fragment."""

from __future__ import annotations

import math
import os
import re
import typing as t

from ansible.module_utils.basic import AnsibleFallbackNotFound

Options = dict[str, dict[str, t.Any]]

_WHOLE = r"\s*[+-]?[0-9]{1,18}\s*\Z"


class ArgSpec(t.NamedTuple):
    """Options and the rules between them, as C(AnsibleModule) takes them."""

    options: t.Mapping[str, dict[str, t.Any]] = {}
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_one_of: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()
    required_if: tuple[tuple[t.Any, ...], ...] = ()
    required_by: t.Mapping[str, tuple[str, ...]] = {}

    def merge(self, *others: ArgSpec) -> ArgSpec:
        """A new spec with the options and rules of this one and the others, which win."""
        merged = self
        for other in others:
            merged = ArgSpec(
                options={**merged.options, **other.options},
                mutually_exclusive=merged.mutually_exclusive + other.mutually_exclusive,
                required_one_of=merged.required_one_of + other.required_one_of,
                required_together=merged.required_together + other.required_together,
                required_if=merged.required_if + other.required_if,
                required_by={**merged.required_by, **other.required_by},
            )
        return merged

    def kwargs(self) -> dict[str, t.Any]:
        """The arguments of C(AnsibleModule)."""
        return {
            "argument_spec": self.options,
            "mutually_exclusive": list(self.mutually_exclusive),
            "required_one_of": list(self.required_one_of),
            "required_together": list(self.required_together),
            "required_if": list(self.required_if),
            "required_by": dict(self.required_by),
        }


def filled_env(*names: str) -> str:
    """An option's fallback: the first of these environment variables that is not empty.

    AWX hands an unset credential field on as an empty variable, so empty counts as not given.
    """
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    raise AnsibleFallbackNotFound


def whole_number(value: t.Any) -> t.Any:
    """The value of an option that is a whole number, or the same in a form that Ansible refuses.

    Ansible itself takes true for 1 and digits of other scripts for digits, and breaks on an infinite number.
    """
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return repr(str(value))
    if isinstance(value, str) and not re.match(_WHOLE, value):
        return repr(value[:80])
    return value


def filled_env_number(*names: str) -> t.Any:
    """As filled_env, for an option that is a whole number."""
    return whole_number(filled_env(*names))


def _env_number(*names: str) -> tuple[t.Any, list[str]]:
    return (filled_env_number, list(names))


def _env(*names: str) -> tuple[t.Any, list[str]]:
    return (filled_env, list(names))


# Identity and place are resolved as one set from one source (see _credentials), so these options have no
# fallback of their own here: an environment variable must never complete what a task gave by half.
AUTH = ArgSpec(
    {
        "cloud": {"type": "str"},
        "auth_url": {"type": "str"},
        "region": {"type": "str"},
        "cloud_domain": {"type": "str"},
        "project_id": {"type": "str"},
        "project_name": {"type": "str"},
        "project_domain_name": {"type": "str"},
        # Not a secret: it names the key and is sent in clear with every request.
        "access_key": {"type": "str", "no_log": False},
        "secret_key": {"type": "str", "no_log": True},
        "security_token": {"type": "str", "no_log": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "domain_name": {"type": "str"},
        "auth_token": {"type": "str", "no_log": True},
    }
)

CONNECTION = ArgSpec(
    {
        "endpoints": {
            "type": "dict",
            "options": {"vbs": {"type": "str"}, "csbs": {"type": "str"}, "evs": {"type": "str"}},
        },
        "validate_certs": {"type": "bool", "default": True, "fallback": _env("HW_VALIDATE_CERTS")},
        "ca_path": {"type": "path", "fallback": _env("HW_CA_PATH", "OS_CACERT")},
        "api_timeout": {"type": "int", "default": 60, "fallback": _env_number("HW_API_TIMEOUT")},
        "api_retries": {"type": "int", "default": 5, "fallback": _env_number("HW_API_RETRIES")},
        "native_api": {
            "type": "str",
            "choices": ["auto", "v2", "v3"],
            "default": "auto",
            "fallback": _env("HW_NATIVE_API"),
        },
        "token_cache": {"type": "bool", "default": True, "fallback": _env("HW_TOKEN_CACHE"), "no_log": False},
    }
)

# What every module has.
COMMON = AUTH.merge(CONNECTION)

WAIT = ArgSpec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 3600},
        "wait_interval": {"type": "int", "default": 1},
        "progress": {"type": "bool", "default": True, "fallback": _env("HW_PROGRESS")},
    }
)

STATE = ArgSpec({"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}})
