# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the get-pip.py that ansible-test downloads to put pip into an empty virtual environment.

It is copied into ansible-test's cache under the name of the pip release wanted, with that release's wheel from the
package index beside it, so the download from another host is not needed. It runs on every Python that pip runs on.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the pip inside the wheel to install the packages named on the command line, pip itself among them."""
    script = Path(__file__).resolve()
    version = script.stem.replace("get_pip_", "").replace("_", ".")
    sys.path.insert(0, str(script.with_name(f"pip-{version}-py3-none-any.whl")))
    # get-pip's own switches; setuptools and wheel are only installed when they are named.
    wanted = [argument for argument in sys.argv[1:] if argument not in {"--no-setuptools", "--no-wheel"}]
    sys.argv = ["pip", "install", "--upgrade", "--find-links", str(script.parent), *wanted]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
