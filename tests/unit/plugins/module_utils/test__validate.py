# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services' limits (F §4.1, §6.1, §6.9); each refusal starts with the option's name."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _validate
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError

UUID = "11111111-2222-3333-4444-555555555555"


def refused(check: t.Callable[..., t.Any], *given: t.Any, **more: t.Any) -> str:
    with pytest.raises(OptionError) as caught:
        check("the_option", *given, **more)
    assert caught.value.option == "the_option"
    assert caught.value.message.startswith("the_option: ")
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (UUID, True),
        (UUID.upper(), True),
        ("ABCDEFab-cdef-ABCD-0123-0123456789ab", True),
        (UUID.replace("-", ""), False),
        (UUID + "0", False),
        (UUID[:-1], False),
        (UUID + "\n", False),
        (" " + UUID, False),
        (UUID.replace("1", "g"), False),
        (UUID + ".json", False),
        ("", False),
    ],
)
def test_an_id_has_the_form_of_a_uuid(text: str, expected: bool) -> None:
    assert _validate.is_uuid(text) is expected


@pytest.mark.parametrize("value", [UUID, "0123456789abcdef0123456789abcdef", "a", "A_b-9", "x" * 64])
def test_ids_of_every_service_may_be_part_of_an_address(value: str) -> None:
    assert _validate.check_id("the_option", value) == value


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "a b", "a%2Fb", "a?b", "a#b", "a\n", "é", "x" * 65, UUID + ".json"]
)
def test_what_could_change_an_address_is_no_id(value: str) -> None:
    assert "is not an ID" in refused(_validate.check_id, value)


@pytest.mark.parametrize("value", [None, "", "abc", "a b", "MIIF+/=="])
def test_secrets_without_line_ends_may_be_sent_in_a_header(value: str | None) -> None:
    _validate.check_header("the_option", value)


@pytest.mark.parametrize(
    "value", ["canary\n", "canary\r\nX-Evil: 1", " canary", "canary ", "canary\x00", "canaryé", "\u2028canary"]
)
def test_a_secret_that_cannot_be_a_header_is_refused_and_not_shown(value: str) -> None:
    assert "canary" not in refused(_validate.check_header, value)


@pytest.mark.parametrize("value", ["a", "A-b_9", "x" * 64, "备份", "备份-1", "-", "_"])
def test_names_of_letters_digits_and_chinese_characters_are_fine(value: str) -> None:
    assert _validate.check_name("the_option", value) == value


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "1 to 64"),
        ("x" * 65, "65 characters"),
        ("a b", "letters, digits"),
        ("a.b", "letters, digits"),
        ("a/b", "letters, digits"),
        ("a\n", "letters, digits"),
        ("ä", "letters, digits"),
        ("a:b", "letters, digits"),
        ("<a>", "letters, digits"),
    ],
)
def test_other_names_are_refused_with_the_rule(value: str, rule: str) -> None:
    assert rule in refused(_validate.check_name, value)


@pytest.mark.parametrize(
    ("value", "fine"), [("auto", False), ("auto-x", False), ("automatic", False), ("Auto", True), ("my-auto", True)]
)
def test_a_prefix_may_be_kept_by_the_service(value: str, fine: bool) -> None:
    if fine:
        assert _validate.check_name("the_option", value, forbidden_prefix="auto") == value
    else:
        assert "must not start with 'auto'" in refused(_validate.check_name, value, forbidden_prefix="auto")
    assert _validate.check_name("the_option", value) == value


@pytest.mark.parametrize("value", ["a", "a b.c/d", "ä", "auto", "x" * 255])
def test_a_plain_openstack_takes_nearly_every_name(value: str) -> None:
    assert _validate.check_native_name("the_option", value) == value


@pytest.mark.parametrize("value", ["", "x" * 256, "a\nb", "a\x7f", "\x00"])
def test_but_not_long_ones_and_line_ends(value: str) -> None:
    assert len(refused(_validate.check_native_name, value)) < 400


@pytest.mark.parametrize("value", ["", "x" * 256, "a\nb", "\x7f"])
def test_a_reference_is_any_text_of_one_line(value: str) -> None:
    refused(_validate.check_reference, value)
    for fine in ("any: thing/é", "x" * 255):
        assert _validate.check_reference("the_option", fine) == fine


@pytest.mark.parametrize(
    ("value", "limit", "rule"),
    [("x" * 65, 64, "at most 64"), ("x" * 256, 255, "at most 255"), ("a<b", 64, "< or >"), ("a>b", 64, "< or >")],
)
def test_descriptions_have_a_limit_and_two_forbidden_characters(value: str, limit: int, rule: str) -> None:
    assert rule in refused(_validate.check_description, value, limit)
    assert "surrogate" in refused(_validate.check_description, "\ud800", limit)
    assert _validate.check_description("the_option", "a < b > c", limit, native=True) == "a < b > c"
    for fine in ("", "x" * limit, "line one\nline two", "é&\"'"):
        assert _validate.check_description("the_option", fine, limit) == fine


@pytest.mark.parametrize(
    ("value", "fine"), [(None, True), (2, True), (99, True), (1, False), (100, False), (-5, False)]
)
def test_a_number_has_its_limits(value: int | None, fine: bool) -> None:
    if fine:
        _validate.check_range("the_option", value, 2, 99)
    else:
        assert f"{value} is not from 2 to 99" in refused(_validate.check_range, value, 2, 99)


def test_tags_become_texts() -> None:
    tags = {"env": "prod", "n": 5, 7: "x", "empty": "", "k" * 36: "v" * 43, "a b": "ü;:"}
    expected = {"env": "prod", "n": "5", "7": "x", "empty": "", "k" * 36: "v" * 43, "a b": "ü;:"}
    assert _validate.check_tags("the_option", tags) == expected
    assert _validate.check_tags("the_option", {}) == {}


@pytest.mark.parametrize("character", [*"=*<>\\,|/", "\x00", "\x1f", "\n"])
def test_no_forbidden_character_in_key_or_value(character: str) -> None:
    assert "'k" in refused(_validate.check_tags, {f"k{character}": "v"})
    assert "the value of 'key'" in refused(_validate.check_tags, {"key": f"v{character}"})


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({"": "v"}, "1 to 36"),
        ({"k" * 37: "v"}, "1 to 36"),
        ({"k": "v" * 44}, "at most 43"),
        ({"k": None}, "is null, not a text; put it in quotes"),
        ({"k": True}, "is a boolean"),
        ({"k": 1.5}, "is a decimal number"),
        ({"k": {}}, "is a dictionary"),
        ({"k": []}, "is a list"),
        ({str(number): "v" for number in range(11)}, "11 tags; the service allows 10"),
    ],
)
def test_other_tags_are_refused_with_the_rule(tags: dict[str, t.Any], rule: str) -> None:
    assert rule in refused(_validate.check_tags, tags)


def test_ten_tags_are_the_most() -> None:
    _validate.check_tag_count("the_option", 10)
    assert "11 tags" in refused(_validate.check_tag_count, 11)


def test_tags_to_remove_may_be_many_and_long_and_null_is_any_value() -> None:
    tags = {"any": None, 7: 5, "empty": "", "k" * 127: "v" * 255, "a=b": "x/y", **{f"n{one}": "" for one in range(11)}}
    expected = {str(key): None if value is None else str(value) for key, value in tags.items()}
    assert _validate.check_unwanted_tags("the_option", tags) == expected


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({"": None}, "1 to 127"),
        ({"k" * 128: None}, "1 to 127"),
        ({"k": "v" * 256}, "at most 255"),
        ({"k\n": None}, "control character"),
        ({"k": "v\x00"}, "control character"),
        ({"k": True}, "is a boolean"),
        ({"k": []}, "is a list"),
    ],
)
def test_other_tags_to_remove_are_refused_with_the_rule(tags: dict[str, t.Any], rule: str) -> None:
    assert rule in refused(_validate.check_unwanted_tags, tags)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0s", 0),
        ("90s", 90),
        ("2m", 120),
        ("26h", 93600),
        ("1d", 86400),
        ("2w", 1209600),
        ("999999999s", 999999999),
    ],
)
def test_a_duration_is_one_number_with_a_unit(value: str | None, seconds: int | None) -> None:
    assert _validate.check_duration("the_option", value) == seconds


@pytest.mark.parametrize(
    "value", ["", "26", "h", "-1h", "1.5h", "1h30m", "26 h", "26H", "1y", "26h\n", "\u0661h", "9" * 10 + "s"]
)
def test_other_durations_are_refused(value: str) -> None:
    assert "such as 26h" in refused(_validate.check_duration, value)


@pytest.mark.parametrize("name", ["wait_timeout", "wait_interval"])
@pytest.mark.parametrize("value", [0, -1])
def test_waiting_options_are_positive(name: str, value: int) -> None:
    fine = {"wait_timeout": 1, "wait_interval": 1}
    _validate.check_wait(fine)
    with pytest.raises(OptionError) as caught:
        _validate.check_wait({**fine, name: value})
    assert caught.value.option == name
