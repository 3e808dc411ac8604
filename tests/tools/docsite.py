# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the pages that docs.ansible.com would show, to find references that lead nowhere."""

from __future__ import annotations

import shutil

from . import paths
from .process import Run, run

SITE = paths.BUILD / "docsite"
COLLECTION = f"{paths.NAMESPACE}.{paths.NAME}"
THEME = "alabaster"
"""Sphinx's own: how the pages look is not what is tested."""

ELSEWHERE = """\
:orphan:

.. _action_plugins:
.. _ansible_configuration_settings:
.. _common_return_values:

Pages of Ansible's own documentation
====================================
"""
"""Labels that generated pages refer to. Sphinx would look them up over the network."""


PAGES = SITE / "build" / "html"


def build_site() -> Run:
    """Build the site from nothing, below build/docsite/build/html, and return the step that failed, or the last."""
    shutil.rmtree(SITE, ignore_errors=True)
    SITE.mkdir(mode=0o700)
    antsibull = str(paths.BIN / "antsibull-docs")
    common = ["--use-current", "--squash-hierarchy", "--fail-on-error"]
    made = run([antsibull, "sphinx-init", *common, "--sphinx-theme", THEME, "--dest-dir", str(SITE), COLLECTION])
    if made.returncode:
        return made
    with (SITE / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("\nintersphinx_mapping = {}\n")
    pages = SITE / "rst"
    pages.mkdir(mode=0o700, exist_ok=True)
    settings = ["--config-file", str(SITE / "antsibull-docs.cfg")]
    made = run([antsibull, *settings, "collection", *common, "--dest-dir", str(pages), COLLECTION], cwd=SITE)
    if made.returncode:
        return made
    (pages / "elsewhere.rst").write_text(ELSEWHERE, encoding="utf-8")
    sphinx = [str(paths.BIN / "sphinx-build"), "-M", "html", "rst", "build", "-c", ".", "-W", "--keep-going", "--quiet"]
    return run(sphinx, cwd=SITE)
