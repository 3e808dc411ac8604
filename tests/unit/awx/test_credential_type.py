# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX's rules on credential types: each refuses what it is for, and the example keeps them all."""

from __future__ import annotations

import copy
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.huaweicloud.backup.plugins.module_utils import _argspec, _credentials, _endpoints
from ansible_collections.huaweicloud.backup.tests.awx.inject import inject
from ansible_collections.huaweicloud.backup.tests.awx.rules import HIDDEN, credential_type_problems

ROOT = Path(__file__).parents[3]
FILE = ROOT / "examples" / "awx" / "credential_type.yml"
Document = dict[str, t.Any]


@pytest.fixture
def example() -> Document:
    return t.cast("Document", yaml.safe_load(FILE.read_text(encoding="utf-8")))


def test_awx_takes_the_example(example: Document) -> None:
    assert credential_type_problems(example) == []


def field(**changes: t.Any) -> t.Callable[[Document], None]:
    return lambda document: document["inputs"]["fields"][0].update(changes)


def injector(kind: str, name: str, template: t.Any) -> t.Callable[[Document], None]:
    return lambda document: document["injectors"][kind].update({name: template})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda document: document.update(kind="ssh"), "kind"),
        (field(type="integer"), "type 'integer'"),
        (field(type="boolean", secret=True), "'secret' is only for strings"),
        (field(type="boolean", multiline=True), "'multiline' is only for strings"),
        (field(type="boolean", choices=["a"]), "'choices' is only for strings"),
        (field(type="boolean", format="url"), "'format' is only for strings"),
        (field(format="email"), "format 'email'"),
        (field(default=1), "default 1 is no string"),
        (field(type="boolean", default="yes"), "default 'yes' is no boolean"),
        (field(id="tower"), "reserved"),
        (field(id="9region"), "no name of a variable"),
        (field(id="re-gion"), "no name of a variable"),
        (field(id="password"), "two fields"),
        (field(label=None), "no label"),
        (field(placeholder="x"), "'placeholder' is no key"),
        (lambda document: document["inputs"].update(required=["nothing"]), "no field 'nothing'"),
        (lambda document: document["inputs"].update(dependencies={}), "'dependencies' is no key"),
        (injector("env", "ANSIBLE_TIMEOUT", "1"), "does not let a credential set"),
        (injector("env", "JOB_ID", "1"), "does not let a credential set"),
        (injector("env", "HW-REGION", "1"), "no name of an environment variable"),
        (injector("env", "HW_OTHER", "{{ no_such_field }}"), "'no_such_field' is undefined"),
        (injector("env", "HW_OTHER", "{{ region"), "unexpected end"),
        (injector("env", "HW_OTHER", "région"), "ASCII"),
        (injector("env", "HW_OTHER", "{{ ''.__class__.__mro__ }}"), "unsafe"),
        (injector("env", "HW_OTHER", "{{ tower.filename.ca }}"), "has no attribute 'ca'"),
        (injector("file", "template.ca", "{{ ca_cert }}"), "several files"),
        (injector("file", "ca", "{{ ca_cert }}"), "no name of a template"),
        (lambda document: document["injectors"].update(file={"template.ca": "x"}), "for one file, called template"),
        (lambda document: document["injectors"].update(extra_vars={}), "none of file and env"),
    ],
)
def test_each_rule_refuses_what_it_is_for(
    example: Document, change: t.Callable[[Document], None], problem: str
) -> None:
    changed = copy.deepcopy(example)
    change(changed)
    assert any(problem in found for found in credential_type_problems(changed)), credential_type_problems(changed)


def test_files_of_several_names_are_told_apart_by_them() -> None:
    fields = [{"id": "ca", "label": "CA", "type": "string"}, {"id": "key", "label": "Key", "type": "string"}]
    files = {"template.ca": "{{ ca }}", "template.key": "{{ key }}"}
    env = {"A": "{{ tower.filename.ca }}", "B": "{{ tower.filename.key }}"}
    document = {"kind": "cloud", "inputs": {"fields": fields}, "injectors": {"file": files, "env": env}}
    assert credential_type_problems(document) == []
    given = inject(document, {"ca": "one", "key": "two"}, "/runner/env")
    assert [given.files[given.env[name].rpartition("/")[2]] for name in ("A", "B")] == ["one", "two"]


def test_a_credential_that_is_empty_gives_nothing_but_empty_variables(example: Document) -> None:
    given = inject(example, {}, "/runner/env")
    assert set(given.env.values()) == {""}
    assert set(given.files.values()) == {""}


def test_fields_reach_the_variable_of_their_option(example: Document) -> None:
    inputs = {one["id"]: f"value of {one['id']}" for one in example["inputs"]["fields"]}
    given = inject(example, {**inputs, "insecure": True}, "/runner/env")
    file = given.env["HW_CA_PATH"]
    assert given.files[Path(file).name] == "value of ca_cert"
    assert file.startswith("/runner/env/")
    assert given.env["HW_VALIDATE_CERTS"] == "false"
    shown = {value for value in given.env.values() if value.startswith("value of ")}
    assert shown == {f"value of {name}" for name in inputs if name not in ("ca_cert", "insecure")}


def test_every_variable_is_one_that_the_modules_read(example: Document) -> None:
    sources = (_argspec.__file__, _credentials.__file__, _endpoints.__file__)
    read = set(re.findall(r"HW_[A-Z_]+", "".join(Path(source).read_text(encoding="utf-8") for source in sources)))
    assert set(example["injectors"]["env"]) <= read


def test_secrets_are_in_variables_that_awx_hides(example: Document) -> None:
    secret = [one["id"] for one in example["inputs"]["fields"] if one.get("secret")]
    assert secret == ["secret_key", "security_token", "password", "auth_token"]
    given = inject(example, {name: name for name in secret}, "/runner/env")
    names = [name for name, value in given.env.items() if value in secret]
    assert len(names) == len(secret)
    assert all(HIDDEN.search(name) for name in names)
