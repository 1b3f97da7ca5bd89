# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as people write them in options: ``email: ada@example.com``, or as Cloudflare's API has them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput
from .kinds import BY_NAME, Kind, kind_named
from .rules import Rule, distinct, network, split

# What people call an identity provider beside a group or a claim of it.
_ALIASES = {"identity_provider": "identity_provider_id"}
_BESIDE = {field: name for name, field in _ALIASES.items()}


def rules_from_options(option: str, value: Any) -> tuple[Rule, ...]:
    """The rules that an option gives, in their order, none twice. Names are still names.

    option: what to call it in errors. value: ``[{"email": "ada@example.com"}, {"azureAD": {"id": ...}}, ...]``.
    Raises InvalidInput, which names the entry.
    """
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{option} has to be a list of rules, such as [{{email: ada@example.com}}]")
    return distinct(rule for index, entry in enumerate(value) for rule in rules_of_entry(f"{option}[{index}]", entry))


def rules_of_entry(place: str, entry: Any) -> list[Rule]:
    """The rules of one entry of such a list: mostly one. place: what to call the entry in errors."""
    if not isinstance(entry, Mapping) or not entry:
        advice = f"; did you mean {{email: {entry}}}?" if isinstance(entry, str) and "@" in entry else ""
        raise InvalidInput(f"{place}: {_quoted(entry)} is no rule; write one as {{kind: value}}, such as {{email: ada@example.com}}{advice}")
    return [rule for name, value in entry.items() for rule in _rules(place, str(name), value)]


def nearest_kind(key: str) -> str:
    """The kind of rule that was probably meant by one that is not known, "" if none is near."""
    return next(iter(difflib.get_close_matches(key.lower().replace("-", "_"), list(BY_NAME), 1)), "")


def _rules(place: str, name: str, value: Any) -> list[Rule]:
    kind = kind_named(name)
    if kind is None:
        return split({name: value})
    several = isinstance(value, (list, tuple)) and any(isinstance(one, Mapping) for one in value)
    found = [rule for one in (value if several else [value]) for rule in _of_kind(place, kind, one)]
    if len(found) > 1 and place.partition("[")[0].endswith("require"):
        raise InvalidInput(
            f"{place}: every rule of require has to hold, so all {len(found)} values of {kind.name} would have to match; "
            "if that is meant, write a rule for each; if one is enough, put them into the include of an Access group and require that group"
        )
    return found


def _of_kind(place: str, kind: Kind, value: Any) -> list[Rule]:
    """The rules of a kind that is known: one for each value. Raises InvalidInput for values that are missing or cannot be meant."""
    inner = _inner(place, kind, value)
    found = split({kind.key: inner})
    for need in kind.needs:
        if inner.get(need) in (None, "", []) or not all(rule.inner.get(need) for rule in found):
            raise InvalidInput(f"{place}: {kind.name} needs {_BESIDE.get(need, need)}, as in {_example(kind)}")
    for rule in found:
        _check(place, kind, rule)
    return found


def _inner(place: str, kind: Kind, value: Any) -> dict[str, Any]:
    """The content of a rule from what stands behind its name."""
    if isinstance(value, Mapping):
        fields = {_ALIASES.get(str(name), str(name)): item for name, item in value.items()}
        return {name: _texts(place, kind, item) if name in (*kind.needs, kind.main) else item for name, item in fields.items()}
    if not kind.main:
        if kind.needs:
            raise InvalidInput(f"{place}: {kind.name} takes a mapping, as in {_example(kind)}")
        if value in (None, True, "true", "True", ""):
            return {}
        raise InvalidInput(f"{place}: {kind.name} takes no value, but {_quoted(value)} is given; write {kind.name}: true")
    if value is True and not kind.needs:
        return {}
    texts = _texts(place, kind, value)
    values = texts if isinstance(texts, list) else [texts]
    if not values or any(one is None or not one.strip() for one in values):
        raise InvalidInput(f"{place}: {kind.name} has no value")
    return {kind.main: [one.strip() for one in values] if kind.listed or values is texts else texts.strip()}


def _texts(place: str, kind: Kind, value: Any) -> Any:
    """A value, or each of a list, as the text that Cloudflare takes; no value stays none."""
    texts = []
    for one in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(one, (bool, list, tuple, Mapping)):
            advice = "; put quotes around words that YAML takes for something else, such as NO" if isinstance(one, bool) else ""
            raise InvalidInput(f"{place}: {kind.name}: {_quoted(one)} is no text{advice}")
        texts.append(None if one is None else str(one))
    return texts if isinstance(value, (list, tuple)) else texts[0]


def _example(kind: Kind) -> str:
    fields = ", ".join(f"{_BESIDE.get(need, need)}: ..." for need in kind.needs)
    return f"{{{kind.name}: ...}}" if kind.main else f"{{{kind.name}: {{{fields}}}}}"


def _check(place: str, kind: Kind, rule: Rule) -> None:
    """Refuse values that cannot be meant, which Cloudflare would answer with an error that says nothing."""
    value = rule.inner.get(kind.main) if kind.main else None
    if kind.key == "email" and "@" not in str(value):
        raise InvalidInput(f"{place}: {_quoted(value)} is no e-mail address; a whole domain is email_domain: {value}")
    if kind.key == "email_domain" and "@" in str(value):
        raise InvalidInput(f"{place}: {_quoted(value)} is no domain; write the part behind the @, or email: for one address")
    if kind.key == "geo" and not (len(str(value)) == 2 and str(value).isalpha()):
        raise InvalidInput(f"{place}: {_quoted(value)} is no country code of two letters, such as DE")
    if kind.key == "ip":
        try:
            network(str(value))
        except ValueError:
            raise InvalidInput(f"{place}: {_quoted(value)} is no IP address or range, such as 192.0.2.0/24") from None


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
