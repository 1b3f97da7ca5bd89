# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sentence or a name says was done: "failed to create user ann@example.com", ``createUser``, ``USER_DELETED``."""

from __future__ import annotations

import re

from .event import ACTION

# The stems of what programs write, in any tense; the longer ones first where one begins another.
_STEMS = {
    "deactivate": "deactivat disabl suspend soft-delet block offboard terminat",
    "activate": "reactivat activat re-enabl enabl unsuspend unblock restor",
    "create": "creat provision insert import onboard new",
    "delete": "delet deprovision destroy purg",
    "replace": "replac put",
    "update": "updat modif patch chang edit sync synchroniz renam push",
    "read": "read get list search fetch quer retriev lookup",
    "add": "add assign join",
    "remove": "remov unassign",
}
_VERB = {stem: verb for verb, stems in _STEMS.items() for stem in stems.split()}
_ENDINGS = r"(?:e|es|ed|ing|s|y|ies|ied|ying|ion|ions|d|ped|ting|t)?"
_VERBS = re.compile(r"(" + "|".join(sorted(_VERB, key=len, reverse=True)) + r")" + _ENDINGS + r"\Z")
_NOUNS = {"user": "user", "users": "user", "account": "user", "accounts": "user", "person": "user", "group": "group", "groups": "group"}
_NOUNS.update(dict.fromkeys(("member", "members", "membership", "memberships"), "member"))
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DOTTED = re.compile(r"(?<![\w.@-])((?:user|group)\.(?:create|replace|update|activate|deactivate|delete|read|member\.add|member\.remove))(?![\w.@-])")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}")
_NAMED = {
    noun: re.compile(rf"\b{noun}(?:name)?s?[\s:=]{{1,3}}(?:named |name |id=)?(?:\"([^\"\n]{{1,200}})\"|'([^'\n]{{1,200}})'|`([^`\n]{{1,200}})`)", re.IGNORECASE)
    for noun in ("user", "group")
}
_FAR = 400  # a sentence says what it is about in its beginning


def named_action(name: str, resource: str = "") -> str:
    """The action that a program names, "" for a name that tells none. resource: user or group, where a name leaves it out.

    Of names such as user.disabled, only what no known verb says is kept as it is.
    """
    plain = name.strip()
    if _DOTTED.fullmatch(plain) or (plain.startswith("service.") and ACTION.match(plain)):
        return plain
    told = action_in(_HUMP.sub(" ", plain[:200]).replace("_", " ").replace(".", " "), resource)
    return told or (plain if ACTION.match(plain) else "")


def action_in(sentence: str, resource: str = "") -> str:
    """The action of which a sentence speaks, "" if it speaks of none: a verb and a noun, in any order.

    resource: user or group, for a sentence that has the verb only.
    """
    dotted = _DOTTED.search(sentence, 0, _FAR)
    if dotted:
        return dotted[1]
    verb, nouns = "", []
    for found in _WORD.finditer(sentence[:_FAR]):
        word = found[0].lower()
        noun = _NOUNS.get(word)
        if noun:
            nouns.append(noun)
        elif not verb:
            known = _VERBS.match(word)
            verb = _VERB[known[1]] if known else ""
    if not verb or not (nouns or resource):
        return ""
    if "member" in nouns or (verb in ("add", "remove") and "user" in nouns and "group" in nouns):
        return {
            "add": "group.member.add",
            "create": "group.member.add",
            "remove": "group.member.remove",
            "delete": "group.member.remove",
        }.get(verb, "group.update")
    verb = {"add": "create", "remove": "delete"}.get(verb, verb)
    return f"{nouns[0] if nouns else resource}.{verb}"


def person_in(sentence: str, resource: str) -> str:
    """The user or group that a sentence names, "" if it names none that can be told from its other words."""
    plain = sentence[:2_000]
    named = _NAMED[resource].search(plain)
    if named:
        return next(part for part in named.groups() if part)
    email = _EMAIL.search(plain) if resource == "user" else None
    return email[0].strip(".'`") if email else ""
