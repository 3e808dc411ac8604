# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import tarfile

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.demo import recap_problem
from ansible_collections.huaweicloud.backup.tests.tools.stage_docs import WANTED, artifact_problems

RECAP = "PLAY RECAP ***\nlocalhost                  : ok=4    changed={changed}    unreachable=0    failed=0\n"


def artifact(directory, names):
    file = directory / "a.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return file


def test_an_artifact_with_what_it_needs_is_fine(tmp_path) -> None:
    assert artifact_problems(artifact(tmp_path, WANTED)) == []


@pytest.mark.parametrize("name", WANTED)
def test_each_file_that_an_artifact_needs_is_asked_for(tmp_path, name: str) -> None:
    (problem,) = artifact_problems(artifact(tmp_path, set(WANTED) - {name}))
    assert name in problem


@pytest.mark.parametrize(
    "name",
    ["tests/output/junit/a.xml", "tests/integration/integration_config.yml", "a/__pycache__/b.pyc", ".git/HEAD"],
)
def test_what_a_run_leaves_behind_does_not_belong_into_an_artifact(tmp_path, name: str) -> None:
    (problem,) = artifact_problems(artifact(tmp_path, [*WANTED, name]))
    assert name in problem


def test_the_first_run_must_change_something_and_the_second_nothing() -> None:
    assert recap_problem(RECAP.format(changed=3), changes=True) == ""
    assert recap_problem(RECAP.format(changed=0), changes=False) == ""
    assert "changed=0" in recap_problem(RECAP.format(changed=0), changes=True)
    assert "changed=2" in recap_problem(RECAP.format(changed=2), changes=False)


@pytest.mark.parametrize("output", ["", "PLAY RECAP ***\n", "localhost : ok=0    changed=0\n"])
def test_a_run_of_nothing_is_no_success(output: str) -> None:
    assert recap_problem(output, changes=False)
