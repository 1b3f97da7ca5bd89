# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is secret in a text or a record of a log, before anything of it leaves: values of passwords, tokens, keys, Authorization.

What a secret looks like is known by its name or its form only, since a log's secrets are not ours. Names are kept, values go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .texts import encodable

HIDDEN = "********"

_NAMES = (
    r"pass(?:word|wd|phrase|code)?|pwd|(?:[\w-]{0,40}[_-])?(?:secret|token|password|passwd)|client[_-]?secret|clientsecret|"
    r"(?:access|refresh|id|bearer|api|auth|oauth|scim|session)token|secret[_-]?(?:key|token)|secretkey|api[_-]?key|apikey|private[_-]?key|"
    r"x-auth-key|(?:proxy-)?authorization|set-cookie|cookie|credentials?|assertion"
)
_NAME = re.compile(rf"(?:{_NAMES})\Z", re.IGNORECASE)
# Most texts hold none of these and are done after one search.
_SUSPICIOUS = re.compile(
    r"pass|pwd|secret|token|key|authorization|cookie|credential|assertion|bearer|basic|ey[JK]|cf[a-z]{1,3}_|gh[pousr]_|xox|://[^/\s]*@|BEGIN",
    re.IGNORECASE,
)
# name=value, name: value, "name":"value" and the same once more escaped, inside a body that a log keeps as a text.
_PAIR = re.compile(
    rf"(?<![A-Za-z0-9])(?P<before>(?:{_NAMES})(?:\\{{0,8}}[\"'])?\s{{0,4}}(?:=>|[:=])\s{{0,4}})"
    r"(?:(?P<quote>\\{0,8}[\"'])(?:(?!(?P=quote)).){0,20000}(?P<end>(?P=quote))?"
    r"|(?:bearer|basic|negotiate|digest|token)\s{1,4}[^\s\"'\\,;&<>]{1,20000}|[^\s\"'\\,;&<>{}\[\]]{1,20000})",
    re.IGNORECASE | re.DOTALL,
)
_PATH_VALUE = re.compile(  # the operation of a PATCH that sets a password
    r"(\\{0,8}\"path\\{0,8}\"\s{0,4}:\s{0,4}\\{0,8}\"(?:[\w.:-]{0,200}:)?password\\{0,8}\"\s{0,4},\s{0,4}\\{0,8}\"value\\{0,8}\"\s{0,4}:\s{0,4})"
    r"(\\{0,8}\")(?:(?!\2).){0,20000}(\2)?",
    re.IGNORECASE | re.DOTALL,
)
_VALUE_PATH = re.compile(
    r"(\\{0,8}\"value\\{0,8}\"\s{0,4}:\s{0,4})(\\{0,8}\")[^\"\\]{0,2000}(\2)"
    r"(?=\s{0,4},\s{0,4}\\{0,8}\"path\\{0,8}\"\s{0,4}:\s{0,4}\\{0,8}\"(?:[\w.:-]{0,200}:)?password\\{0,8}\")",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b((?:bearer|basic)\s{1,4})(?=[\w.~+/-]*[\d._~+/-])[\w.~+/-]{8,}={0,2}", re.IGNORECASE)
_FORMS = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"  # a JSON Web Token
    r"|\bcf(?:ut|at|k|oat)_[\w-]{20,}"  # Cloudflare's tokens
    r"|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}"  # GitHub's, Slack's
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_USERINFO = re.compile(r"(://[^/\s:@\"']{0,200}:)[^/\s@\"']{1,500}(?=@)")


def redacted(text: str) -> str:
    """A text without the secrets that can be told by their name or form."""
    if not _SUSPICIOUS.search(text):
        return text
    text = _FORMS.sub(HIDDEN, text)
    text = _USERINFO.sub(rf"\g<1>{HIDDEN}", text)
    text = _VALUE_PATH.sub(rf"\g<1>\g<2>{HIDDEN}\g<3>", _PATH_VALUE.sub(_quoted, text))
    text = _PAIR.sub(_without_value, text)
    return _SCHEME.sub(rf"\g<1>{HIDDEN}", text)


def is_secret(name: str) -> bool:
    """Whether a field of such a name holds a secret."""
    return bool(_NAME.match(name.rsplit(":", 1)[-1].strip()))


def redacted_value(value: Any, depth: int = 0) -> Any:
    """A parsed record of a log without its secrets: by name, by form in any text, and passwords set by a PATCH."""
    if isinstance(value, str):
        return redacted(encodable(value))
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has none
    if depth > 50:
        return None if isinstance(value, (Mapping, list, tuple)) else value
    if isinstance(value, Mapping):
        hidden = {name for name in value if is_secret(str(name)) and value[name] not in (None, "", True, False)}
        path = next((part for name, part in value.items() if str(name).lower() == "path"), None)
        if isinstance(path, str) and is_secret(path):
            hidden.update(name for name in value if str(name).lower() == "value")
        return {encodable(str(name)): HIDDEN if name in hidden else redacted_value(part, depth + 1) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted_value(part, depth + 1) for part in value]
    return value


def _quoted(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{HIDDEN}{found[3] or ''}"


def _without_value(found: re.Match[str]) -> str:
    quote = found["quote"] or ""
    return f"{found['before']}{quote}{HIDDEN}{found['end'] or ''}"
