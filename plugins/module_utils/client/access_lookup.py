# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing of an Access account by what people call it: its id, its name or, for an application, its domain.

An id is read, never searched: callers with few rights see short lists, so that an id can exist and not be listed.
Names are not unique at Cloudflare; more than one match is refused with the ids.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.access.ids import is_id, settled
from ..core.access.kinds import APPLICATION, GROUP, IDENTITY_PROVIDER, LIST, POLICY, POSTURE, SERVICE_TOKEN
from ..core.access.paths import PATHS, path_of, policies_path
from ..core.errors import InvalidInput, NotFound, SeveralMatches
from ..core.json_values import composed
from .cloudflare import CloudflareAccount

_SAID = {
    POLICY: "reusable policy",
    GROUP: "Access group",
    APPLICATION: "Access application",
    IDENTITY_PROVIDER: "identity provider",
    LIST: "list",
    POSTURE: "device posture rule",
    SERVICE_TOKEN: "service token",
}
_OF_AN_APPLICATION = 200  # policies on a page


def everything(account: CloudflareAccount, thing: str) -> list[dict[str, Any]]:
    """All things of a kind, as the account lists them."""
    return account.listed(PATHS[thing])


def policies_of(account: CloudflareAccount, application_id: str) -> list[dict[str, Any]]:
    """All policies of an application: its own ones and the reusable ones that are attached to it."""
    return account.listed(policies_path(application_id), per_page=_OF_AN_APPLICATION)


def must_find(account: CloudflareAccount, thing: str, text: str, option: str) -> dict[str, Any]:
    """One thing as the account shows it.

    thing: "policy" (a reusable one), "group", "application" or "identity_provider". text: an id, a name, or the domain of
    an application. option: where the text came from, for the message.
    Raises NotFound with the names that are near, SeveralMatches if more than one thing is called so.
    """
    if is_id(text):
        found, listed = by_id(account, thing, text), []
    else:
        listed = everything(account, thing)
        found = the_only(thing, text, listed, option)
    if found is None:
        raise not_found(thing, text, listed, option)
    return found


def by_id(account: CloudflareAccount, thing: str, thing_id: str) -> dict[str, Any] | None:
    """The thing of this id, ``None`` if there is none."""
    found = account.get(path_of(thing, settled(thing_id)))
    return found if isinstance(found, dict) else None


def policy_of(account: CloudflareAccount, application_id: str, policy_id: str) -> dict[str, Any] | None:
    """The policy of this id, if the application has it; ``None`` otherwise."""
    found = account.get(policies_path(application_id, settled(policy_id)))
    return found if isinstance(found, dict) else None


def the_only(thing: str, text: str, listed: Sequence[dict[str, Any]], option: str) -> dict[str, Any] | None:
    """The one of a list that is called so, ``None`` if there is none. Raises SeveralMatches, and InvalidInput for no name at all."""
    if not text.strip():
        raise InvalidInput(f"{option} is empty; give an id or a name")
    found = [each for each in listed if _is_called(each, thing, text)]
    if len(found) > 1:
        raise SeveralMatches(f"{option} {text!r}", [str(each.get("id")) for each in found])
    return found[0] if found else None


def not_found(thing: str, text: str, listed: Sequence[Mapping[str, Any]], option: str) -> NotFound:
    """The error for what has to exist and does not. listed: where its name was looked for."""
    advice = near_names(text, (name for each in listed for name in _names(each, thing)))
    return NotFound(f"{option}: there is no {_SAID[thing]} {text!r}{advice}")


def near_names(text: str, names: Iterable[str]) -> str:
    """Advice for a name that does not exist, "" if no other one is near."""
    folded = {name.lower(): name for name in sorted(set(names)) if name}
    near = [folded[name] for name in difflib.get_close_matches(text.lower(), list(folded), 3)]
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def same_name(one: str, other: str) -> bool:
    """Whether two names are one: to the letter, however its accents are written."""
    return composed(one) == composed(other)


def _is_called(body: Mapping[str, Any], thing: str, text: str) -> bool:
    name, *places = _names(body, thing)
    # Host names do not care about case (RFC 4343).
    return same_name(name, text) or text.lower() in [place.lower() for place in places]


def _names(body: Mapping[str, Any], thing: str) -> Iterator[str]:
    """What a thing is called: its name first, then the domains of an application."""
    yield str(body.get("name") or "")
    if thing != APPLICATION:
        return
    places = [body.get("domain"), *(body.get("self_hosted_domains") or ())]
    places += [place.get("uri") for place in body.get("destinations") or () if isinstance(place, Mapping)]
    yield from (str(place) for place in places if place)
