# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach the services."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  endpoints:
    description:
      - Base URLs of the services, without version and project, for private clouds, gateways and the simulator.
      - Without it a service is looked up in the token's catalog, else it is
        C(https://<service>.<region>.<cloud_domain>).
    type: dict
    suboptions:
      vbs:
        description: The Volume Backup Service. If left out, E(HW_VBS_ENDPOINT).
        type: str
      csbs:
        description: The Cloud Server Backup Service. If left out, E(HW_CSBS_ENDPOINT).
        type: str
      evs:
        description: Block storage, where volumes and snapshots are looked up. If left out, E(HW_EVS_ENDPOINT).
        type: str
  validate_certs:
    description:
      - Whether to verify the services' TLS certificates. Turning it off gives a warning.
      - If left out, E(HW_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the authorities to trust, instead of the system's.
      - If left out, E(HW_CA_PATH) or E(OS_CACERT).
    type: path
  api_timeout:
    description:
      - How many seconds one request may take, from 1 to 86400.
      - If left out, E(HW_API_TIMEOUT).
    type: int
    default: 60
  api_retries:
    description:
      - How often a request is repeated after a fault that passes, from 0 to 1000. Calls that create something are
        repeated only where that cannot make a second one.
      - If left out, E(HW_API_RETRIES).
    type: int
    default: 5
  native_api:
    description:
      - The version of the OpenStack-form paths of backups.
      - V(auto) is V(v2), and V(v3) where the cloud serves only that.
      - If left out, E(HW_NATIVE_API).
    type: str
    choices:
      - auto
      - v2
      - v3
    default: auto
  token_cache:
    description:
      - Whether to keep the token of O(username) and O(password) between tasks, in C($XDG_RUNTIME_DIR), else in
        C(~/.cache), in a folder C(huaweicloud.backup) that only the user can read.
      - If left out, E(HW_TOKEN_CACHE).
    type: bool
    default: true
requirements:
  - python >= 3.9
  - requests
"""
