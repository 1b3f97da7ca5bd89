# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a tired person writes: the failure names the option, and no request is sent."""

from __future__ import annotations

import os

import pytest
from ansible_collections.identityops.lifecycle.plugins.modules import scim_directory, scim_group, scim_user
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import serving
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.in_process import outcome_of


@pytest.fixture(autouse=True)
def only_our_variables(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SCIM_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def refusal(module, options, *, check=False):
    """What a task says that fails before its first request."""

    def nobody_asks(*_request):
        return 500, {}, b""

    with serving(nobody_asks) as (url, asked):
        result = outcome_of(module.main, {"url": url, "token": "t0ken", "unkept_file": "", **options}, check=check)
    assert asked == []
    assert result.get("failed") is True
    assert not result.get("changed")
    return result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("empty", ["", None])
def test_a_resource_whose_every_name_is_empty_is_never_taken_for_one_that_is_not_there(state, empty):
    for option in ("id", "external_id"):
        said = refusal(scim_user, {option: empty, "state": state})
        assert said == "id, external_id and user_name are empty; give at least one, to say which user is meant"
    said = refusal(scim_group, {"external_id": empty, "state": state})
    assert said == "id, external_id and display_name are empty; give at least one, to say which group is meant"


def test_an_entry_of_a_list_whose_every_name_is_empty_is_refused():
    said = refusal(scim_directory, {"users": [{"user_name": "ada"}, {"external_id": "", "user_name": None}]})
    assert said == "users[1]: id, external_id and user_name are empty; give at least one, to say which user is meant"
    said = refusal(scim_directory, {"groups": [{"external_id": ""}]})
    assert said == "groups[0]: id, external_id and display_name are empty; give at least one, to say which group is meant"


@pytest.mark.parametrize("members", [{"add": ["ada", ""]}, {"remove": ["ada", " "]}, {"set": ["ada", "id:"]}])
def test_an_empty_name_among_members_is_refused(members):
    (part,) = members
    said = refusal(scim_group, {"display_name": "Engineers", "members": members})
    assert said == f"members.{part}[1] is empty; correct the source, or drop the entry"


@pytest.mark.parametrize("name", ["ignored", "immutable", "required", "single_valued"])
def test_a_capability_that_lists_an_option_that_does_not_exist_is_refused(name):
    said = refusal(scim_user, {"user_name": "ada", "capabilities": {name: ["title", "nickName"]}})
    assert said.startswith(f"capabilities.{name}: 'nickName' is no option of scim_user or scim_group; did you mean nick_name?")


def test_a_text_where_a_dictionary_belongs_is_refused_by_the_name_of_its_option():
    said = refusal(scim_user, {"user_name": "ada", "emails": ["ada@example.com"]})
    assert said == "emails[0] has to be a dictionary, with keys such as value, display, type"
    said = refusal(scim_user, {"user_name": "ada", "emails": "ada@example.com"})
    assert said == "emails has to be a list of dictionaries, with keys such as value, display, type"
    said = refusal(scim_user, {"user_name": "ada", "name": "Ada Lovelace"})
    assert said == "name has to be a dictionary, with keys such as formatted, family_name, given_name"
    said = refusal(scim_group, {"display_name": "Engineers", "members": ["ada"]})
    assert said == "members has to be a dictionary, with keys such as add, remove, set"
    said = refusal(scim_directory, {"users": [{"user_name": "ada"}, {"user_name": "eve", "emails": ["eve@example.com"]}]})
    assert said == "users[1].emails[0] has to be a dictionary, with keys such as value, display, type"
    said = refusal(scim_directory, {"users": ["ada"]})
    assert said == "users[0] has to be a dictionary, with keys such as user_name, external_id, active"


@pytest.mark.parametrize("brakes", [5, False, 1.5, [], {"deactivations": 5}, {"deactivations": False}, {"deactivations": [5]}])
def test_a_number_where_a_dictionary_belongs_is_refused_by_the_name_of_its_option(brakes):
    said = refusal(scim_directory, {"users": [{"user_name": "ada"}], "brakes": brakes})
    if isinstance(brakes, dict):
        assert said == "brakes.deactivations has to be a dictionary, with keys such as number, percent"
    else:
        assert said == "brakes has to be a dictionary, with keys such as deletions, deactivations, membership_removals"


@pytest.mark.parametrize("given", [{"source": ""}, {"source": " "}, {"users": None}, {"users": None, "groups": None}, {"source": None}])
def test_lists_that_a_variable_left_empty_are_no_task_that_has_nothing_to_do(given):
    said = refusal(scim_directory, given)
    assert said == "users, groups and source are empty; nothing was written: give one of them"


@pytest.mark.parametrize("option", ["plan_file", "report_file", "progress_file"])
def test_a_source_is_not_written_over(option, tmp_path):
    source = tmp_path / "people.jsonl"
    source.write_text('{"user_name": "ada"}\n')
    (tmp_path / "link").symlink_to(source)
    for path in (str(source), str(tmp_path / "." / "link")):
        said = refusal(scim_directory, {"source": str(source), option: path})
        assert said == f"{option} is the same file as source; nothing was written: give each a file of its own"
    assert source.read_text() == '{"user_name": "ada"}\n'


def test_a_rule_without_a_word_owns_nobody():
    said = refusal(scim_directory, {"users": [{"user_name": "ada"}], "owned": {"users": {}}})
    assert said == "owned.users is empty; give filter or external_id_prefix, or leave it out if all users are this task's own"


def test_a_dictionary_as_json_or_pairs_is_still_a_dictionary():
    said = refusal(scim_user, {"user_name": "ada", "name": "given_name=Ada", "emails": ['{"value": "a"}', "eve"]})
    assert said.startswith("emails[1] has to be a dictionary")


def test_a_token_with_the_word_that_is_added_here_anyway_is_refused():
    said = refusal(scim_user, {"user_name": "ada", "token": "Bearer t0ken"})
    assert said == "token begins with the word Bearer; give the token alone, the word is added here"
