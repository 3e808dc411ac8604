# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of the simulator's control API, from the controller itself.

It takes what ansible.builtin.uri takes. That one starts a Python of its own for each call, which costs more than most
of the tasks that the calls are there to prepare.
"""

from __future__ import annotations

import json
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.module_utils.urls import open_url
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """The action ``simulator``."""

    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> dict[str, t.Any]:
        """Call it: C(status), and C(json) where there is an answer."""
        ActionBase.run(self, tmp, task_vars)
        _checked, options = self.validate_argument_spec(
            {
                "url": {"type": "str", "required": True},
                "method": {"type": "str", "default": "GET"},
                "body": {"type": "raw"},
                "status_code": {"type": "int", "default": 200},
            }
        )
        body = None if options["body"] is None else json.dumps(options["body"]).encode()
        # Loopback needs no proxy, whatever the environment says.
        with open_url(
            options["url"],
            data=body,
            method=options["method"],
            headers={"Content-Type": "application/json"},
            use_proxy=False,
            timeout=60,
        ) as answer:
            content = answer.read()
            status = answer.status
        if status != options["status_code"]:
            raise AnsibleActionFail(f"{options['url']}: HTTP {status}, not {options['status_code']}")
        return {"changed": False, "status": status, "json": json.loads(content) if content else None}
