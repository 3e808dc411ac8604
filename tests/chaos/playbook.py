# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run's play as a file, and the environment in which a user would start it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from simulator import seed
from tools import paths
from tools.environment import clean_environment

from .draw import WAIT, Draw

JsonObject = dict[str, Any]

GROUP = "group/huaweicloud.backup.all"
WAITING = (
    *("vbs_backup", "vbs_backup_batch", "vbs_backup_prune", "vbs_restore", "vbs_policy_run"),
    *("csbs_checkpoint", "vbs_job_info"),
)

QUIET = {
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_NOCOLOR": "true",
    "ANSIBLE_PIPELINING": "true",
    "ANSIBLE_FORKS": "1",
    # One line of JSON for each result.
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
    "ANSIBLE_CALLBACK_FORMAT_PRETTY": "false",
}
SETTINGS = "[defaults]\ninternal_poll_interval = 0.05\n"
"""An ansible.cfg, for what has no variable: a thousand looks a second would be most of what a waiting play costs."""

MARKER = "CHAOS_MARKER"
"""A variable that every process of a play has, by which its whole family is found."""

OPTION_OF = {
    "HW_AUTH_URL": "auth_url",
    "HW_REGION_NAME": "region",
    "HW_PROJECT_ID": "project_id",
    "HW_PROJECT_NAME": "project_name",
    "HW_ACCESS_KEY": "access_key",
    "HW_SECRET_KEY": "secret_key",
    "HW_USER_NAME": "username",
    "HW_USER_PASSWORD": "password",
    "HW_DOMAIN_NAME": "domain_name",
    "HW_AUTH_TOKEN": "auth_token",
}


def credentials(drawn: Draw, url: str, token: str) -> dict[str, str]:
    """The sign-in as environment variables; ``token`` is for those who sign in with one."""
    common = {"HW_AUTH_URL": f"{url}/v3", "HW_REGION_NAME": seed.REGION}
    method = drawn.sign_in.method
    if method == "keys":
        keys = {"HW_ACCESS_KEY": seed.ACCESS_KEY, "HW_SECRET_KEY": seed.SECRET_KEY}
        return {**common, "HW_PROJECT_ID": seed.PROJECT_ID, **keys}
    if method == "token":
        return {**common, "HW_PROJECT_ID": seed.PROJECT_ID, "HW_AUTH_TOKEN": token}
    user = {"HW_USER_NAME": seed.USER_NAME, "HW_USER_PASSWORD": seed.PASSWORD, "HW_DOMAIN_NAME": seed.DOMAIN_NAME}
    return {**common, "HW_PROJECT_NAME": seed.REGION, **user}


def endpoints(drawn: Draw, url: str) -> dict[str, str]:
    """The services' addresses, which access keys need and a catalog would tell."""
    if drawn.play.flavor == "openstack" or drawn.sign_in.method == "password":
        return {}
    return {f"HW_{service}_ENDPOINT": url for service in ("VBS", "CSBS", "EVS")}


def write_playbook(drawn: Draw, options: JsonObject, signed_in: Mapping[str, str], file: Path) -> None:
    """Write the play with these connection options, and with the sign-in where they are to say it."""
    group: JsonObject = dict(options)
    group["token_cache"] = drawn.sign_in.token_cache
    if drawn.sign_in.in_options:
        group.update({OPTION_OF[name]: value for name, value in signed_in.items()})
    waits = {f"huaweicloud.backup.{module}": dict(WAIT) for module in WAITING}
    play: JsonObject = {
        "name": drawn.play.kind,
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {GROUP: group, **waits},
    }
    if drawn.play.role is None:
        play["tasks"] = [dict(task) for task in drawn.play.tasks]
    else:
        play["roles"] = [{"role": drawn.play.role, "vars": drawn.play.role_vars}]
    file.with_name("ansible.cfg").write_text(SETTINGS, encoding="utf-8")
    file.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")


def environment(drawn: Draw, signed_in: Mapping[str, str], url: str, home: Path, marker: str) -> dict[str, str]:
    """The variables of the play's process, with a home of its own, so that no run finds another one's cache.

    :param home: a directory beside the play.
    """
    extra = {**QUIET, "HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), MARKER: marker}
    extra["ANSIBLE_COLLECTIONS_PATH"] = str(paths.TREE_ROOT)
    extra["ANSIBLE_CONFIG"] = str(home.with_name("ansible.cfg"))
    extra.update(endpoints(drawn, url))
    if not drawn.sign_in.in_options:
        extra.update(signed_in)
    return clean_environment(extra)
