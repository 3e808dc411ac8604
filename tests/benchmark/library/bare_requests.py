# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of this collection pays before it does anything: Ansible's module class and requests."""

from __future__ import annotations

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Read the options, and exit; requests is imported for the sake of it."""
    AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False, requests=requests.__version__)


if __name__ == "__main__":
    main()
