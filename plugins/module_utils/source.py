# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users and groups of a file on the host that runs the task, held to the argument spec of the options they stand for.

A file is held to it more strictly than a task is: in a task, people know that ansible-core makes texts of numbers and
lists of texts with commas. In an export, that changes somebody's id, or takes a name apart, without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import BOOLEANS

from .core.resources import LISTS
from .core.spelling import nearest
from .options import Spec
from .source_text import LINES, Ambiguous, Doubled, read_document, read_lines, refuse

Lists = dict[str, list[Any]]
Places = dict[str, list[str]]

_KEYS = ("user_name", "display_name", "external_id", "id")
_OF_GROUPS = ("members", "nested_groups")
_MOST_SHOWN = 10
_AT_ONCE = 1000  # entries that are there twice while ansible-core looks at them: it works on a copy
_MOST_VALUES = 10_000  # in one free dictionary: aliases of YAML can make a small file endless
_CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


def read_source(path: str, spec: Spec) -> dict[str, list[dict[str, Any]]]:
    """``{"users": [...], "groups": [...]}`` of a file, a list only where the file has it, as AnsibleModule gives the options.

    path: a file of JSON or YAML, with a mapping of lists or with the list of users; or of JSON lines, one entry a line, with
    ``"kind": "Group"`` in those of groups. spec: the argument spec with the options users and groups.
    Raises InvalidInput, which names the first ten problems and no value but the keys of entries.
    """
    lists, places = _of_lines(path) if path.lower().endswith(LINES) else _of_document(path)
    _refuse_if_any(
        path,
        (
            f"{place}{_who(entry)}: {problem}"
            for name, entries in lists.items()
            for place, entry in zip(places[name], entries)
            for problem in _problems(entry, spec[name]["options"])
        ),
    )
    return {name: _validated(path, name, entries, places[name], spec[name]) for name, entries in lists.items()}


def _of_document(path: str) -> tuple[Lists, Places]:
    """The lists of a JSON or YAML document, and how the entries are called."""
    given = read_document(path)
    if isinstance(given, list):
        given = {"users": given}
    if not isinstance(given, dict):
        refuse(path, "the file has to hold a list of users, or a mapping with users and groups")
    if isinstance(given, Doubled):
        refuse(path, f"the key {_short(given.key)} is there twice")
    unknown = [_short(name) for name in given if name not in LISTS.values()]
    if unknown:
        refuse(path, f"unknown key {', '.join(unknown[:_MOST_SHOWN])}; the file may have users and groups")
    if not given:
        refuse(path, "the file has neither users nor groups")
    for name, entries in given.items():
        if not isinstance(entries, list):
            refuse(path, f"{name} has to be a list")
    return given, {name: [f"{name}[{position}]" for position in range(len(entries))] for name, entries in given.items()}


def _of_lines(path: str) -> tuple[Lists, Places]:
    """The lists of a file of JSON lines, and how the entries are called."""
    lists: Lists = {}
    places: Places = {}
    for number, entry in read_lines(path):
        name = "users"
        if isinstance(entry, dict) and "kind" in entry:
            kind = entry.pop("kind")
            if not isinstance(kind, str) or kind not in LISTS:
                refuse(path, f"line {number}: kind has to be User or Group")
            name = LISTS[kind]
        elif isinstance(entry, dict) and any(option in entry for option in _OF_GROUPS):
            refuse(path, f'line {number}: only groups have members; say "kind": "Group" in the line of a group')
        lists.setdefault(name, []).append(entry)
        places.setdefault(name, []).append(f"line {number}")
    return lists, places


def _validated(path: str, name: str, entries: list[Any], places: list[str], spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries as AnsibleModule gives them: with ``None`` for what was not given, and true and false as such."""
    validator = ArgumentSpecValidator({name: spec})
    for start in range(0, len(entries), _AT_ONCE):
        result = validator.validate({name: entries[start : start + _AT_ONCE]})
        if result.error_messages:
            _refuse_one_by_one(path, entries[start:], places[start:], spec)
            refuse(path, f"{name}: {'; '.join(result.error_messages[:_MOST_SHOWN])}")
        entries[start : start + _AT_ONCE] = result.validated_parameters[name]
    return entries


def _refuse_one_by_one(path: str, entries: list[Any], places: list[str], spec: Mapping[str, Any]) -> None:
    """What ansible-core says of a whole list does not name the entry that is meant; one by one is slower, and known."""
    constraints = {constraint: spec[constraint] for constraint in _CONSTRAINTS if constraint in spec}
    single = ArgumentSpecValidator(spec["options"], **constraints)
    _refuse_if_any(
        path,
        (
            f"{place}{_who(entry)}: {message}"
            for place, entry in zip(places, entries)
            for message in single.validate(entry).error_messages
        ),
    )


def _problems(given: Any, options: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """What is wrong in a mapping, each in a few words. options: its argument spec. within: its name and a dot."""
    if not isinstance(given, dict):
        yield f"{within[:-1]} has to be a mapping of options".lstrip()
        return
    if isinstance(given, Doubled):
        yield f"the key {within}{_short(given.key)} is there twice"
    for name, value in given.items():
        if name not in options:
            near = nearest(str(name), options)
            yield f"unknown option {within}{_short(name)}" + (f", did you mean {near}" if near else "")
        elif value is not None:
            yield from _problems_of_value(value, options[name], within + name)


def _problems_of_value(value: Any, option: Mapping[str, Any], name: str) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind == "list":
        if not isinstance(value, list):
            yield f"{name} has to be a list"
            return
        element = {**option, "type": option.get("elements", "raw")}
        for position, item in enumerate(value):
            yield from _problems_of_value(item, element, f"{name}[{position}]")
    elif kind == "dict" and option.get("options"):
        yield from _problems(value, option["options"], name + ".")
    elif kind == "dict" and not isinstance(value, dict):
        yield f"{name} has to be a mapping"
    elif kind == "bool":
        if not isinstance(value, (bool, int, str)) or _plain(value) not in BOOLEANS:
            yield f"{name} has to be true or false"
    elif kind != "str":
        yield from _problems_of_free(value, name)
    elif not isinstance(value, str) or isinstance(value, Ambiguous):
        yield f"{name} has to be a text" + ("" if isinstance(value, (list, dict)) else "; quote it")
    elif value not in option.get("choices", (value,)):
        yield f"{name} has to be one of {', '.join(option['choices'])}"
    else:
        yield from _problems_of_text(value, name)


def _plain(value: Any) -> Any:
    """As ansible-core looks at what may be a boolean."""
    return value.lower().strip() if isinstance(value, str) else value


def _problems_of_text(value: str, name: str) -> Iterator[str]:
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            yield f"{name} has half of a character in it, a lone surrogate"


def _problems_of_free(value: Any, name: str) -> Iterator[str]:
    """What is wrong in a value whose form no option describes: it has to be JSON, and to mean one thing."""
    waiting = [value]
    looked_at = 0
    while waiting:
        part = waiting.pop()
        looked_at += 1
        if looked_at > _MOST_VALUES:
            yield f"{name} has more than {_MOST_VALUES} values in it"
            return
        if isinstance(part, Doubled):
            yield f"{name} has the key {_short(part.key)} twice"
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
            if not all(isinstance(key, str) for key in part):
                yield f"{name} has a key that is no text; quote it"
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, Ambiguous) or not (part is None or isinstance(part, (str, bool, int, float))):
            yield f"{name} has a value that some readers take for a number, a date or a boolean; quote it"
        elif isinstance(part, str):
            yield from _problems_of_text(part, name)


def _who(entry: Any) -> str:
    """The key of an entry, for a person who looks for it."""
    keys = [entry.get(key) for key in _KEYS] if isinstance(entry, dict) else []
    return next((f" ({_short(key)})" for key in keys if isinstance(key, str) and key), "")


def _short(name: Any) -> str:
    """A name from the file that cannot break the message."""
    text = str(name)
    return ascii(text[:80]) if not text.isprintable() else text[:80] + ("..." if len(text) > 80 else "")


def _refuse_if_any(path: str, problems: Iterator[str]) -> None:
    """Name the first problems; whether there are more is all that is looked for behind them."""
    found = list(islice(problems, _MOST_SHOWN + 1))
    if found:
        refuse(path, "; ".join(found[:_MOST_SHOWN]) + ("; and more" if len(found) > _MOST_SHOWN else ""))
