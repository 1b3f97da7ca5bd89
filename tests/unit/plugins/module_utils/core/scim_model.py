# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that does what RFC 7644 sections 3.5.1 and 3.5.2 say, written without a look at the code that it judges."""

from __future__ import annotations

import copy
import json
import re

# attribute, attribute.sub, attribute[filter], attribute[filter].sub; any of them after a schema's URN.
_PATH = re.compile(r'^(?:(urn:.+):)?([A-Za-z][\w-]*)(?:\[(.*)\])?(?:\.([A-Za-z$][\w-]*))?$', re.DOTALL)
_TERM = re.compile(r'\s*([A-Za-z][\w-]*) eq ("(?:[^"\\]|\\.)*"|true|false)\s*(and|or|$)', re.DOTALL)


class NoTarget(Exception):
    """The path selects nothing, or there is no path where one is needed."""


def parse_filter(text):
    """``a eq "b" and c eq "d"`` -> [[("a", "b"), ("c", "d")]]: an or-list of and-lists."""
    alternatives, position = [[]], 0
    while position < len(text):
        found = _TERM.match(text, position)
        if not found:
            raise ValueError(f"not a filter: {text!r} at {position}")
        alternatives[-1].append((found.group(1), json.loads(found.group(2))))
        if found.group(3) == "or":
            alternatives.append([])
        position = found.end()
        if not found.group(3) and position < len(text):
            raise ValueError(f"not a filter: {text!r}")
    if not all(alternatives):
        raise ValueError(f"not a filter: {text!r}")
    return alternatives


def _spelled(holder, name):
    return next((key for key in holder if key.lower() == name.lower()), name)


class Service:
    """One resource. folds: whether text is compared without regard to letter case (caseExact false) or to the letter."""

    def __init__(self, body, *, folds=True, value_lists=False):
        self.body = copy.deepcopy(body)
        self.folds = folds
        self.value_lists = value_lists  # understands {"op": "remove", "path": "members", "value": [...]}
        self.requests = []

    def send(self, requests):
        for request in requests:
            self.requests.append(request)
            if request.method == "PUT":
                self.put(request.body)
            elif request.method == "PATCH":
                self.patch(request.body)
            else:
                raise ValueError(request.method)
        return self.body

    def put(self, body):
        kept = {name: self.body[name] for name in ("id", "meta", "groups") if name in self.body}
        _listed(body)
        self.body = {**copy.deepcopy(dict(body)), **kept}

    def patch(self, message):
        if message["schemas"] != ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] or not message["Operations"]:
            raise ValueError("not a PATCH message")
        for operation in message["Operations"]:
            self._one(copy.deepcopy(dict(operation)))
            for value in self.body.values():
                if isinstance(value, list) and sum(isinstance(e, dict) and e.get("primary") is True for e in value) > 1:
                    raise ValueError("more than one primary value")

    def _one(self, operation):
        op, path, value = operation["op"], operation.get("path"), operation.get("value")
        if op not in ("add", "replace", "remove"):
            raise ValueError(f"unknown op {op!r}")
        if path is None:
            if op == "remove":
                raise NoTarget("remove without a path")
            for name, part in value.items():
                if name.lower().startswith("urn:"):
                    for inner, inner_part in part.items():
                        self._set(self._extension(name), op, inner, inner_part)
                else:
                    self._set(self.body, op, name, part)
            return
        found = _PATH.match(path)
        if not found:
            raise ValueError(f"malformed path {path!r}")
        schema, name, selector, sub = found.groups()
        holder = self._extension(schema) if schema else self.body
        name = _spelled(holder, name)
        if selector is not None:
            self._selected(holder, name, selector, sub, op, value)
        elif op == "remove":
            self._remove(holder, name, sub, value)
        elif sub:
            self._set(holder.setdefault(name, {}), op, sub, value)
        else:
            self._set(holder, op, name, value)

    def _extension(self, schema):
        schema = _spelled(self.body, schema)
        if schema.lower() not in [listed.lower() for listed in self.body["schemas"]]:
            self.body["schemas"] = [*self.body["schemas"], schema]
        return self.body.setdefault(schema, {})

    def _set(self, holder, op, name, value):
        name = _spelled(holder, name)
        if isinstance(value, dict) and name == "members":
            raise ValueError("members is a list")
        if isinstance(value, list):
            old = holder.get(name) or [] if op == "add" else []
            new = [item for item in value if item not in old]
            if any(isinstance(item, dict) and item.get("primary") is True for item in new):
                old = [{**item, "primary": False} if item.get("primary") else item for item in old]
            holder[name] = old + new
        elif isinstance(value, dict) and isinstance(holder.get(name), dict):
            for inner, part in value.items():  # sub-attributes that are not named are left unchanged
                holder[name][_spelled(holder[name], inner)] = part
        else:
            holder[name] = value

    def _remove(self, holder, name, sub, value):
        if sub:
            (holder.get(name) or {}).pop(_spelled(holder.get(name) or {}, sub), None)
        elif value is not None and self.value_lists:
            gone = [item["value"] for item in value]
            holder[name] = [item for item in holder.get(name, []) if item["value"] not in gone]
        else:
            holder.pop(name, None)  # the RFC knows no value here: everything goes

    def _selected(self, holder, name, selector, sub, op, value):
        alternatives = parse_filter(selector)
        hits = [item for item in holder.get(name) or [] if any(all(self._eq(item, *t) for t in terms) for terms in alternatives)]
        if not hits:
            raise NoTarget(selector)
        if op == "remove" and not sub:
            holder[name] = [item for item in holder[name] if not any(item is hit for hit in hits)]
            return
        for hit in hits:
            if op == "remove":
                hit.pop(_spelled(hit, sub), None)
                continue
            if sub == "primary" and value is True:
                for other in holder[name]:
                    if other.get("primary"):
                        other["primary"] = False
            hit[_spelled(hit, sub)] = value

    def _eq(self, item, name, wanted):
        have = item.get(_spelled(item, name))
        if isinstance(have, str) and isinstance(wanted, str) and self.folds:
            return have.casefold() == wanted.casefold()
        return have == wanted


def _listed(body):
    """Every extension in a body is listed in schemas (RFC 7643 section 3)."""
    listed = [schema.lower() for schema in body["schemas"]]
    for name in body:
        if name.lower().startswith("urn:") and name.lower() not in listed:
            raise ValueError(f"{name} is not in schemas")
