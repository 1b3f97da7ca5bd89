# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of people: what is right comes out as the option would, what is not is refused with its place and no value."""

from __future__ import annotations

import copy
import json
import os
import time

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils import source, source_text
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.source import read_source
from ansible_collections.identityops.lifecycle.plugins.modules.scim_directory import SPEC
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ADA = {"user_name": "ada@example.com", "external_id": "1815", "title": "Analyst", "active": True}
ENGINES = {"display_name": "Engines", "members": {"add": ["1815"]}}


@pytest.fixture
def written(tmp_path):
    """Writes a file and gives its path."""

    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return str(path)

    return write


def refusal(path):
    """What is wrong with a file, without its name."""
    with pytest.raises(InvalidInput) as caught:
        read_source(path, SPEC)
    said = str(caught.value)
    start, end = f"source: {path}: ", "; nothing was written"
    assert said.startswith(start)
    assert said.endswith(end)
    return said[len(start) : -len(end)]


def as_option(**lists):
    """What AnsibleModule makes of the lists when they are options."""
    spec = {name: SPEC[name] for name in lists}
    result = ModuleArgumentSpecValidator(spec).validate(copy.deepcopy(lists))
    assert result.error_messages == []
    return result.validated_parameters


def in_lines(*entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@pytest.mark.parametrize("suffix", ["json", "JSON", "txt", "yml", "yaml", "YAML"])
def test_a_mapping_of_both_lists_comes_out_as_the_options_would(written, suffix):
    given = {"users": [ADA, {"user_name": "charles"}], "groups": [ENGINES]}
    found = read_source(written(f"people.{suffix}", json.dumps(given) + "\n"), SPEC)
    assert found == as_option(**given)
    assert found["users"][1]["title"] is None


def test_yaml_in_block_style_comes_out_as_the_options_would(written):
    text = yaml.safe_dump({"users": [ADA], "groups": [ENGINES]})
    assert read_source(written("people.yml", text), SPEC) == as_option(users=[ADA], groups=[ENGINES])


@pytest.mark.parametrize("name", ["people.json", "people.yaml"])
def test_a_plain_list_is_users(written, name):
    assert read_source(written(name, json.dumps([ADA])), SPEC) == as_option(users=[ADA])


@pytest.mark.parametrize("name", ["people.jsonl", "people.NDJSON"])
def test_lines_are_users_or_groups_by_their_kind(written, name):
    text = in_lines({"kind": "User", **ADA}, {"kind": "Group", **ENGINES}) + "\n  \r\n" + json.dumps({"user_name": "charles"})
    assert read_source(written(name, text), SPEC) == as_option(users=[ADA, {"user_name": "charles"}], groups=[ENGINES])


def test_only_the_lists_that_are_there_come_out(written):
    assert list(read_source(written("a.json", json.dumps({"groups": [ENGINES]})), SPEC)) == ["groups"]
    assert list(read_source(written("b.jsonl", in_lines({"kind": "Group", **ENGINES})), SPEC)) == ["groups"]
    assert read_source(written("c.json", "[]"), SPEC) == {"users": []}


def test_a_byte_order_mark_and_line_separators_in_texts_are_accepted(written):
    entry = {"user_name": "ada", "title": "a\u2028b"}
    for name in ("people.json", "people.yml"):
        assert read_source(written(name, "\ufeff" + json.dumps([ADA])), SPEC) == as_option(users=[ADA])
    text = "\ufeff" + json.dumps(entry, ensure_ascii=False) + "\n"
    assert read_source(written("people.jsonl", text), SPEC) == as_option(users=[entry])


names = st.text("aä. @\U0001f600-", min_size=1)
users = st.fixed_dictionaries(
    {"user_name": names},
    optional={
        "external_id": names,
        "active": st.sampled_from([True, False, "yes", "no", None]),
        "name": st.fixed_dictionaries({}, optional={"given_name": names, "family_name": st.none()}),
        "emails": st.lists(st.fixed_dictionaries({"value": names}, optional={"primary": st.booleans()}), max_size=2),
        "extensions": st.dictionaries(names, st.one_of(st.none(), st.booleans(), st.integers(), names), max_size=2),
    },
)


@given(st.lists(users, max_size=4), st.sampled_from(["json", "jsonl", "yml"]))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_format_an_entry_means_what_it_means_as_an_option(written, entries, suffix):
    if suffix == "jsonl" and not entries:
        return
    text = {
        "json": lambda: json.dumps({"users": entries}),
        "jsonl": lambda: in_lines(*entries),
        "yml": lambda: yaml.safe_dump({"users": entries}, allow_unicode=True),
    }[suffix]()
    assert read_source(written(f"people.{suffix}", text), SPEC) == as_option(users=entries)


def test_a_file_that_cannot_be_read_is_refused(tmp_path, written):
    assert refusal(str(tmp_path / "none.json")) == "there is no such file on the host that runs the task"
    assert refusal(str(tmp_path)) == "this is a directory; give a file"
    assert refusal(written("file", "[]") + "/people.json") == "the file cannot be read: Not a directory"
    assert refusal("people\0.json") == "the file cannot be read: no valid path"
    os.mkfifo(tmp_path / "pipe.json")
    assert refusal(str(tmp_path / "pipe.json")) == "this is no regular file"


@pytest.mark.parametrize("name", ["people.json", "people.yml", "people.jsonl"])
@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff\n"])
def test_an_empty_file_is_refused(written, name, text):
    assert refusal(written(name, text)).endswith("the file is empty")


def test_yaml_of_comments_only_is_empty(written):
    assert refusal(written("people.yml", "---\n# nobody\n")) == "the file is empty"


@pytest.mark.parametrize("style", [{}, {"indent": 1}])
def test_json_is_refused_wherever_it_is_cut(written, style):
    whole = json.dumps({"users": [{"user_name": "ä\n", "active": True}, {"user_name": "b", "title": None}]}, **style)
    for length in range(1, len(whole)):
        said = refusal(written("people.json", whole[:length]))
        assert said.endswith("the file ends in the middle; it was cut off"), whole[:length]
        assert said.startswith("line ")


def test_lines_are_refused_wherever_the_last_is_cut(written):
    first, last = in_lines({"user_name": "a"}), json.dumps({"user_name": "ä", "active": True}, ensure_ascii=False).encode()
    for length in range(1, len(last)):
        said = refusal(written("people.jsonl", first.encode() + last[:length]))
        assert said.startswith("line 2")
        assert said.endswith("the file ends in the middle; it was cut off"), last[:length]


def test_yaml_is_refused_wherever_it_is_cut_within_a_line(written):
    whole = 'users:\n- user_name: "ada"\n  name: {given_name: Ada, family_name: Lovelace}\n  title: Analyst\n'
    for length in range(1, len(whole)):
        if whole[length - 1] != "\n":
            assert refusal(written("people.yml", whole[:length]))
    assert "the last line does not end" in refusal(written("people.yml", whole[:-3]))
    flow = json.dumps([ADA])
    for length in range(1, len(flow)):
        assert refusal(written("people.yml", flow[:length]))


def test_what_is_not_utf_8_is_refused_with_its_line(written):
    assert refusal(written("a.json", b'[\n{"user_name": "\xe4"}]')) == "line 2 is not UTF-8; write the file as UTF-8"
    assert refusal(written("b.jsonl", b'{"user_name": "a"}\n{"user_name": "\xe4"}\n')) == "line 2 is not UTF-8; write the file as UTF-8"
    assert refusal(written("c.yml", json.dumps([ADA]).encode("utf-16"))) == "this seems to be UTF-16; write the file as UTF-8"


def test_what_is_no_json_is_refused_with_its_place(written):
    assert refusal(written("a.json", '[\n{"user_name" "ada"}]')).startswith("line 2 column 14 is no valid JSON: Expecting ':'")
    assert refusal(written("b.json", "[] []")).startswith("line 1 column 4 is no valid JSON: Extra data")
    assert refusal(written("c.jsonl", '{"user_name": "a"}\n\n{"a": 1} {}\n')).startswith("line 3 column 10 is no valid JSON")
    assert refusal(written("d.json", "[" * 100_000)).startswith("l")
    assert "has to be a text" in refusal(written("e.json", '[{"user_name": "a", "title": NaN}]'))


def test_a_file_of_another_kind_is_refused_with_the_way_out(written):
    table = "tables are not read; write JSON lines, one entry a line, to a file whose name ends in .jsonl"
    assert refusal(written("people.CSV", "external_id,user_name\nhr-1,ada\n")) == table
    said = refusal(written("people.json", '{"user_name": "a"}\n{"user_name": "b"}\n'))
    assert said == "line 2 column 1 is no valid JSON: Extra data; if it holds one entry a line, let its name end in .jsonl"
    said = refusal(written("people.jsonl", '{"user_name": "a"}\n{"display_name": "Engines", "members": {"add": ["a"]}}\n'))
    assert said == 'line 2: only groups have members; say "kind": "Group" in the line of a group'


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("users:\n- user_name: a\n\tb: c\n", "line 3 column 1 is no valid YAML"),
        ("users: *nobody\n", "line 1 column 8 is no valid YAML: found undefined alias"),
        ("users: !!python/object:os.system []\n", "line 1 column 8 is no valid YAML: could not determine a constructor"),
        ("users: !vault |\n  3634\n", "line 1 column 8 is no valid YAML: could not determine a constructor"),
        ("--- []\n--- []\n", "line 2 column 1 is no valid YAML"),
        ("users: []\x07\n", "a character that YAML does not allow is in it"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(written, text, start):
    assert refusal(written("people.yml", text)).startswith(start)


def test_a_key_that_is_there_twice_is_refused_wherever_it_is(written):
    twice = '{"user_name": "ada", "title": "a", "title": "b"}'
    assert refusal(written("a.json", f"[{twice}]")) == "users[0] (ada): the key title is there twice"
    assert refusal(written("b.jsonl", twice)) == "line 1 (ada): the key title is there twice"
    assert refusal(written("c.json", '{"users": [], "users": []}')) == "the key users is there twice"
    nested = '[{"user_name": "ada", "name": {"given_name": "a", "given_name": "b"}, "extensions": {"urn:x": {"a": 1, "a": 2}}}]'
    said = refusal(written("d.json", nested))
    assert said == "users[0] (ada): the key name.given_name is there twice; users[0] (ada): extensions has the key a twice"
    said = refusal(written("e.yml", "users:\n- user_name: ada\n  name:\n    given_name: a\n    'given_name': b\n"))
    assert said == "line 5: the key given_name is there twice in one mapping"


def test_merge_keys_of_yaml_may_be_overridden(written):
    text = "users:\n- &all {user_name: a, title: x}\n- {<<: *all, user_name: b}\n- {<<: [*all], user_name: c, title: z}\n"
    found = read_source(written("people.yml", text), SPEC)["users"]
    assert [(user["user_name"], user["title"]) for user in found] == [("a", "x"), ("b", "x"), ("c", "z")]


@pytest.mark.parametrize("written_as", ["0123", "123", "1_000", "0x1F", "12:30:45", "yes", "NO", "true", "2026-01-02", "1.10", "1e3"])
def test_an_id_that_yaml_takes_for_something_else_is_refused_or_kept_to_the_letter(written, written_as):
    path = written("people.yml", f"users:\n- user_name: ada\n  external_id: {written_as}\n")
    if isinstance(yaml.safe_load(written_as), str):
        assert read_source(path, SPEC)["users"][0]["external_id"] == written_as
    else:
        assert refusal(path) == "users[0] (ada): external_id has to be a text; quote it"
    quoted = written("quoted.yml", f"users:\n- user_name: ada\n  external_id: '{written_as}'\n")
    assert read_source(quoted, SPEC)["users"][0]["external_id"] == written_as


@pytest.mark.parametrize("written_as", ["0123", "1_000", "12:30", "no", "On", "2026-01-02", ".inf", "!!binary aGk=", "!!set {a}"])
def test_what_means_two_things_to_two_readers_is_refused_in_a_free_value_too(written, written_as):
    text = f"users:\n- user_name: ada\n  extensions: {{'urn:x': {{a: [{written_as}]}}}}\n"
    assert refusal(written("people.yml", text)).startswith("users[0] (ada): extensions has a value that some readers take for")


def test_a_free_value_keeps_what_all_readers_agree_on(written):
    text = "users:\n- user_name: ada\n  extensions: {'urn:x': {a: 12, b: -1.5, c: true, d: null, e: '012', f: False}}\n"
    found = read_source(written("people.yml", text), SPEC)["users"][0]["extensions"]
    assert found == {"urn:x": {"a": 12, "b": -1.5, "c": True, "d": None, "e": "012", "f": False}}
    assert isinstance(found["urn:x"]["a"], int)
    said = refusal(written("keys.yml", "users:\n- user_name: ada\n  extensions: {'urn:x': {1: a}}\n"))
    assert said == "users[0] (ada): extensions has a key that is no text; quote it"


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "true", "False", "'true'"])
def test_active_may_be_said_as_in_a_task(written, word):
    found = read_source(written("people.yml", f"users:\n- user_name: ada\n  active: {word}\n"), SPEC)["users"][0]["active"]
    assert found is (word.strip("'").lower() in ("yes", "on", "true"))


def test_aliases_that_make_a_small_file_endless_are_refused(written):
    laughs = "\n".join(f"    l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    text = f"users:\n- user_name: ada\n  extensions:\n    l0: &l0 [ha]\n{laughs}\n"
    assert refusal(written("laughs.yml", text)) == "users[0] (ada): extensions has more than 10000 values in it"
    circle = "users:\n- user_name: ada\n  extensions: &all {a: *all}\n"
    assert refusal(written("circle.yml", circle)) == "users[0] (ada): extensions has more than 10000 values in it"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"titel": "x"}, "unknown option titel, did you mean title"),
        ({"userName": "x"}, "unknown option userName, did you mean user_name"),
        ({"qqqq": "x"}, "unknown option qqqq"),
        ({"name": {"givenName": "x"}}, "unknown option name.givenName, did you mean given_name"),
        ({"emails": [{"value": "a"}, {"vlue": "x"}]}, "unknown option emails[1].vlue, did you mean value"),
        ({"title": 7}, "title has to be a text; quote it"),
        ({"title": ["x"]}, "title has to be a text"),
        ({"active": "maybe"}, "active has to be true or false"),
        ({"active": []}, "active has to be true or false"),
        ({"active": 7}, "active has to be true or false"),
        ({"name": "given_name=x"}, "name has to be a mapping of options"),
        ({"emails": "a,b"}, "emails has to be a list"),
        ({"emails": ["a"]}, "emails[0] has to be a mapping of options"),
        ({"emails": [{"value": 7}]}, "emails[0].value has to be a text; quote it"),
        ({"extensions": []}, "extensions has to be a mapping"),
        ({"title": "\ud800"}, "title has half of a character in it, a lone surrogate"),
        ({"extensions": {"urn:x": {"a": ["\ud800"]}}}, "extensions has half of a character in it, a lone surrogate"),
        ({"password": "secret"}, "unknown option password"),
        ({"state": "gone"}, "state has to be one of present, absent"),
        ({"state": False}, "state has to be a text; quote it"),
    ],
)
def test_an_entry_that_is_no_user_is_refused_by_place_and_key(written, entry, problem):
    entries = [ADA, {"user_name": "ada@example.com", **entry}]
    assert refusal(written("people.json", json.dumps({"users": entries}))) == f"users[1] (ada@example.com): {problem}"
    assert refusal(written("people.jsonl", in_lines(*entries))) == f"line 2 (ada@example.com): {problem}"


def test_a_group_is_held_to_the_options_of_groups(written):
    said = refusal(written("a.json", json.dumps({"groups": [{"display_name": "Engines", "members": {"add": "a, b"}}]})))
    assert said == "groups[0] (Engines): members.add has to be a list"
    said = refusal(written("b.jsonl", in_lines(ADA, {"kind": "Group", **ADA, "display_name": "Engines"})))
    assert "line 2 (ada@example.com): unknown option user_name" in said


@pytest.mark.parametrize("entry", [None, "ada", 7, ["ada"]])
def test_an_entry_that_is_no_mapping_is_refused(written, entry):
    assert refusal(written("people.json", json.dumps([ADA, entry]))) == "users[1]: has to be a mapping of options"
    assert refusal(written("people.jsonl", in_lines(ADA, entry))) == "line 2: has to be a mapping of options"


def test_an_entry_without_any_name_is_refused_by_its_place(written):
    said = refusal(written("people.json", json.dumps([ADA, {"title": "x"}, ADA, {"title": "x"}])))
    needed = f"one of the following is required: {', '.join(SPEC['users']['required_one_of'][0])}"
    assert said == f"users[1]: {needed}; users[3]: {needed}"


def test_a_long_list_is_complete_and_its_last_entry_is_looked_at(written, monkeypatch):
    monkeypatch.setattr(source, "_AT_ONCE", 3)
    entries = [{"user_name": str(number), "active": "yes"} for number in range(8)]
    assert read_source(written("people.json", json.dumps(entries)), SPEC) == as_option(users=entries)
    assert refusal(written("people.json", json.dumps([*entries, {"title": "x"}]))).startswith("users[8]: one of the following")


def test_ten_problems_are_named_and_more_are_mentioned(written):
    said = refusal(written("people.json", json.dumps([{"user_name": str(n), "titel": "x"} for n in range(30)])))
    assert said.count("unknown option titel") == 10
    assert "users[9] (9)" in said
    assert said.endswith("; and more")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"users": [], "gruops": [], "x": 1}, "unknown key gruops, x; the file may have users and groups"),
        ({}, "the file has neither users nor groups"),
        ({"users": None}, "users has to be a list"),
        ({"users": [], "groups": {"a": 1}}, "groups has to be a list"),
        ("users", "the file has to hold a list of users, or a mapping with users and groups"),
        (7, "the file has to hold a list of users, or a mapping with users and groups"),
        (None, "the file has to hold a list of users, or a mapping with users and groups"),
    ],
)
def test_another_shape_is_refused(written, given, problem):
    assert refusal(written("people.json", json.dumps(given))) == problem


@pytest.mark.parametrize("kind", ["group", "Person", None, ["Group"]])
def test_another_kind_of_line_is_refused(written, kind):
    assert refusal(written("people.jsonl", in_lines(ADA, {"kind": kind, **ADA}))) == "line 2: kind has to be User or Group"


def test_a_key_cannot_break_the_message(written):
    said = refusal(written("people.json", json.dumps([{"user_name": "a\nb" + "c" * 500, "ti\ntel": "x"}])))
    assert "\n" not in said
    assert len(said) < 300


def test_no_value_is_quoted(written):
    secret = "Qx7-5ecret"
    entries = [{"user_name": "ada", "titel": secret, "title": [secret], "active": secret, "emails": secret, "name": secret}]
    assert secret not in refusal(written("people.json", json.dumps(entries)))
    assert secret not in refusal(written("people.jsonl", json.dumps(entries[0])[:-2]))
    for text in (f"users:\n- user_name: ada\n  title: [{secret}\n", f"users: {secret}\n", f"users:\n  {secret}\n- a\n"):
        assert secret not in refusal(written("people.yml", text))


def test_without_pyyaml_yaml_is_refused_and_json_works(written, monkeypatch):
    monkeypatch.setattr(source_text, "HAS_YAML", False)
    said = refusal(written("people.yml", "users: []\n"))
    assert said == "the Python library PyYAML is missing on the host that runs the task; a JSON file works without it"
    assert read_source(written("people.json", json.dumps([ADA])), SPEC) == as_option(users=[ADA])


def test_a_long_list_with_many_mistakes_is_refused_at_once(written):
    path = written("people.json", json.dumps([{"user_name": str(n), f"titel{n}": "x"} for n in range(20_000)]))
    began = time.monotonic()
    assert refusal(path).endswith("; and more")
    assert time.monotonic() - began < 5
