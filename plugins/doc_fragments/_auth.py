# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to sign in, to which project and where."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - An entry of C(clouds.yaml), searched as OpenStack documents it, with C(secure.yaml) and
        E(OS_CLIENT_CONFIG_FILE).
      - Reading that file needs the Python library PyYAML where the task runs.
      - Without any other credential, E(OS_CLOUD) is used, or the only cloud of the file that E(OS_CLIENT_CONFIG_FILE)
        names.
    type: str
  auth_url:
    description:
      - The identity service's address, with or without C(/v3).
      - If left out, E(HW_AUTH_URL) or E(OS_AUTH_URL), else C(https://iam.<region>.<cloud_domain>/v3).
    type: str
  region:
    description:
      - The region, for example V(eu-de). Needed where the token's catalog has a service in several.
      - If left out, E(HW_REGION_NAME) or E(OS_REGION_NAME).
    type: str
  cloud_domain:
    description:
      - The domain under which the cloud's services live, V(otc.t-systems.com) for Open Telekom Cloud.
      - If left out, E(HW_CLOUD), else V(myhuaweicloud.com).
    type: str
  project_id:
    description:
      - The project's ID. With access keys and a project ID no sign-in is ever sent.
      - If left out, E(HW_PROJECT_ID) or E(OS_PROJECT_ID), else the token's own project,
        with access keys the project of O(project_name).
    type: str
  project_name:
    description:
      - The project's name.
      - If left out, E(HW_PROJECT_NAME) or E(OS_PROJECT_NAME), else the name of the region.
    type: str
  project_domain_name:
    description:
      - The account of the project, where it is not the user's. Plain OpenStack needs it to scope by project name.
      - If left out, E(HW_PROJECT_DOMAIN_NAME) or E(OS_PROJECT_DOMAIN_NAME), else O(domain_name).
    type: str
  access_key:
    description:
      - The access key (AK). It needs O(secret_key).
      - If left out, E(HW_ACCESS_KEY).
    type: str
  secret_key:
    description:
      - The secret key (SK) of O(access_key).
      - If left out, E(HW_SECRET_KEY).
    type: str
  security_token:
    description:
      - The security token of a temporary access key.
      - If left out, E(HW_SECURITY_TOKEN).
    type: str
  username:
    description:
      - The user's name. It needs O(password) and O(domain_name).
      - If left out, E(HW_USER_NAME) or E(OS_USERNAME).
    type: str
  password:
    description:
      - The user's password.
      - If left out, E(HW_USER_PASSWORD) or E(OS_PASSWORD).
    type: str
  domain_name:
    description:
      - The account that the user belongs to.
      - If left out, E(HW_DOMAIN_NAME), E(OS_USER_DOMAIN_NAME) or E(OS_DOMAIN_NAME).
    type: str
  auth_token:
    description:
      - A token for the project, got elsewhere. It needs O(project_id) or O(project_name), is never renewed and never
        kept.
      - If left out, E(HW_AUTH_TOKEN) or E(OS_TOKEN).
    type: str
notes:
  - Credentials, project and identity address come as one set from one source. That is the module's options if they name
    a
    way to sign in, else O(cloud), else the environment's C(HW_*) and C(OS_*), else E(OS_CLOUD).
    Options that name no way to sign in, such as O(region) or O(project_name), refine the set that was found.
    Within a source an access key goes before a token, and a token before user and password.
  - In connection options an empty text counts as not given, in the option and in the environment alike.
  - The environment is read where the task runs, so run these modules on C(localhost), or delegate them to it.
"""
