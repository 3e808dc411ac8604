# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs that are put together, against the contract's table of options (contract §1, §2)."""

from __future__ import annotations

import pytest
from ansible.module_utils.basic import AnsibleFallbackNotFound
from ansible.module_utils.common.validation import check_type_int

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import (
    AUTH,
    COMMON,
    CONNECTION,
    STATE,
    WAIT,
    ArgSpec,
    filled_env,
    whole_number,
)

AUTH_OPTIONS = (
    "cloud auth_url region cloud_domain project_id project_name project_domain_name access_key secret_key"
    " security_token username password domain_name auth_token"
)
CONNECTION_OPTIONS = "endpoints validate_certs ca_path api_timeout api_retries native_api token_cache"
SECRETS = {"secret_key", "security_token", "password", "auth_token"}


def test_the_connection_options_are_those_of_the_contract() -> None:
    assert set(AUTH.options) == set(AUTH_OPTIONS.split())
    assert set(CONNECTION.options) == set(CONNECTION_OPTIONS.split())
    assert set(COMMON.options) == set(AUTH.options) | set(CONNECTION.options)


def test_every_option_has_its_type() -> None:
    types = {name: option["type"] for name, option in COMMON.merge(WAIT, STATE).options.items()}
    texts = dict.fromkeys([*AUTH_OPTIONS.split(), "native_api", "state"], "str")
    numbers = dict.fromkeys(["api_timeout", "api_retries", "wait_timeout", "wait_interval"], "int")
    switches = dict.fromkeys(["validate_certs", "token_cache", "wait", "progress"], "bool")
    assert types == {**texts, **numbers, **switches, "endpoints": "dict", "ca_path": "path"}
    assert {option["type"] for option in CONNECTION.options["endpoints"]["options"].values()} == {"str"}


def test_secrets_are_hidden_and_nothing_else_is() -> None:
    assert {name for name, option in COMMON.options.items() if option.get("no_log")} == SECRETS


def test_no_credential_has_a_default_or_a_fallback_of_its_own() -> None:
    for name, option in AUTH.options.items():
        assert not {"default", "fallback", "required"} & set(option), name


@pytest.mark.parametrize(
    ("name", "default", "variables"),
    [
        ("validate_certs", True, ["HW_VALIDATE_CERTS"]),
        ("ca_path", None, ["HW_CA_PATH", "OS_CACERT"]),
        ("api_timeout", 60, ["HW_API_TIMEOUT"]),
        ("api_retries", 5, ["HW_API_RETRIES"]),
        ("native_api", "auto", ["HW_NATIVE_API"]),
        ("token_cache", True, ["HW_TOKEN_CACHE"]),
    ],
)
def test_defaults_and_environment_are_those_of_the_contract(
    monkeypatch: pytest.MonkeyPatch, name: str, default: object, variables: list[str]
) -> None:
    option = CONNECTION.options[name]
    assert option.get("default") == default
    function, names = option["fallback"]
    assert names == variables
    for variable in variables:
        monkeypatch.setenv(variable, "")
    with pytest.raises(AnsibleFallbackNotFound):
        function(*names)
    for variable in reversed(variables):
        value = "7" if option["type"] == "int" else f"of {variable}"
        monkeypatch.setenv(variable, value)
        assert function(*names) == value


def test_waiting_and_state_are_those_of_the_contract() -> None:
    defaults = {name: option["default"] for name, option in WAIT.options.items()}
    assert defaults == {"wait": True, "wait_timeout": 3600, "wait_interval": 1, "progress": True}
    assert STATE.options["state"] == {"type": "str", "choices": ["present", "absent"], "default": "present"}
    assert CONNECTION.options["native_api"]["choices"] == ["auto", "v2", "v3"]
    assert set(CONNECTION.options["endpoints"]["options"]) == {"vbs", "csbs", "evs"}


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_FIRST", "")
    monkeypatch.delenv("HW_SECOND", raising=False)
    with pytest.raises(AnsibleFallbackNotFound):
        filled_env("HW_FIRST", "HW_SECOND")
    monkeypatch.setenv("HW_SECOND", "two")
    assert filled_env("HW_FIRST", "HW_SECOND") == "two"
    monkeypatch.setenv("HW_FIRST", "one")
    assert filled_env("HW_FIRST", "HW_SECOND") == "one"


def test_merged_specs_have_the_options_and_rules_of_all_and_the_later_win() -> None:
    one = ArgSpec(
        options={"a": {"type": "str"}, "b": {"type": "int"}},
        mutually_exclusive=(("a", "b"),),
        required_one_of=(("a", "b"),),
        required_together=(("a", "b"),),
        required_if=(("a", "x", ("b",)),),
        required_by={"a": ("b",)},
    )
    two = ArgSpec(options={"b": {"type": "bool"}}, mutually_exclusive=(("b", "c"),), required_by={"c": ("a",)})
    assert one.merge(two).kwargs() == {
        "argument_spec": {"a": {"type": "str"}, "b": {"type": "bool"}},
        "mutually_exclusive": [("a", "b"), ("b", "c")],
        "required_one_of": [("a", "b")],
        "required_together": [("a", "b")],
        "required_if": [("a", "x", ("b",))],
        "required_by": {"a": ("b",), "c": ("a",)},
    }
    assert set(one.options["b"].values()) == {"int"}
    assert one.merge() == one


@pytest.mark.parametrize("value", [0, 5, -1, 10**20, 2.0, 1.5, "5", " 5\n", "+5", "-5", ["5"]])
def test_a_whole_number_and_what_ansible_refuses_by_itself_stay_as_they_are(value: object) -> None:
    assert whole_number(value) is value


@pytest.mark.parametrize(
    "value", [True, False, float("inf"), float("-inf"), float("nan"), "inf", "1e9", "1_000", "\uff15", "", "9" * 19]
)
def test_what_ansible_would_take_or_break_on_becomes_what_it_refuses(value: object) -> None:
    with pytest.raises(TypeError):
        check_type_int(whole_number(value))


def test_a_number_of_the_environment_is_a_whole_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    function, names = CONNECTION.options["api_retries"]["fallback"]
    monkeypatch.setenv("HW_API_RETRIES", "Infinity")
    with pytest.raises(TypeError):
        check_type_int(function(*names))
