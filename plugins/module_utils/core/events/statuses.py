# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it went, from the words and numbers of a log: one of six statuses, an HTTP code, a keyword of RFC 7644."""

from __future__ import annotations

import re
from typing import Any

SUCCESS, FAILURE, SKIPPED, WARNING, ATTEMPTED, UNKNOWN = "success", "failure", "skipped", "warning", "attempted", "unknown"
STATUSES = (SUCCESS, FAILURE, SKIPPED, WARNING, ATTEMPTED, UNKNOWN)

# Cloudflare's API says FAILURE and its dashboard ERROR; Okta: https://developer.okta.com/docs/reference/api/system-log/ (outcome.result);
# Entra: https://learn.microsoft.com/graph/api/resources/provisioningstatusinfo
_WORDS = {
    SUCCESS: "success succeeded successful successfully ok okay completed complete done passed pass allow",
    FAILURE: "failure failed fail failing error errored err fatal critical crit alert emerg emergency panic exception denied deny rejected reject "
    "refused abandoned scim_failure scim_error",
    SKIPPED: "skipped skip ignored notapplicable rate_limit_skipped",
    WARNING: "warning warn partial partially",
    ATTEMPTED: "attempted attempt pending started starting inprogress in_progress deferred queued scheduled challenge retry retrying",
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words.split()}
_LEVEL_WORDS = {FAILURE: "error err fatal critical crit alert emerg panic severe eror fata pani dpanic", WARNING: "warning warn"}
_LEVELS = {word: status for status, words in _LEVEL_WORDS.items() for word in words.split()}
_GOING_WRONG = re.compile(r"\b(?:fail(?:ed|ure|s)?|could not|couldn't|cannot|unable to|error (?:creating|updating|deleting|adding|removing))\b", re.IGNORECASE)
_GOING_WELL = re.compile(r"\b(?:successfully|succeeded|success)\b", re.IGNORECASE)

# RFC 7644 section 3.12, table 9.
_SCIM_TYPES = ("invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue", "invalidVers", "sensitive")
_SCIM_TYPE = {name.lower(): name for name in _SCIM_TYPES}
_NAMED_TYPE = re.compile(r"scim_?type\\{0,8}[\"']?\s{0,4}[:=]\s{0,4}\\{0,8}[\"']?([A-Za-z]{3,40})", re.IGNORECASE)
# "sensitive" is an English word, the others are hardly anything else.
_BARE_TYPE = re.compile(r"\b(" + "|".join(_SCIM_TYPES[:-1]) + r")\b")

# The phrases of RFC 9110, and the names of .NET's HttpStatusCode, which Entra writes ("StatusCode: Conflict").
_PHRASES = {
    "400": "bad request",
    "401": "unauthorized",
    "403": "forbidden",
    "404": "not found",
    "405": "method not allowed",
    "408": "request timeout",
    "409": "conflict",
    "412": "precondition failed",
    "413": "payload too large|request entity too large|content too large",
    "415": "unsupported media type",
    "422": "unprocessable entity|unprocessable content",
    "429": "too many requests",
    "500": "internal server error",
    "501": "not implemented",
    "502": "bad gateway",
    "503": "service unavailable",
    "504": "gateway timeout",
}
_BY_PHRASE = {"".join(phrase.split()): code for code, phrases in _PHRASES.items() for phrase in phrases.split("|")}
_PHRASE = "|".join(phrase.replace(" ", " ?") for phrases in _PHRASES.values() for phrase in phrases.split("|"))
_CODE = re.compile(
    r"(?:\bhttp(?:/\d(?:\.\d)?)?|\bstatus|\b(?:error|response|return(?:ed)?|answer(?:ed)?)|code)(?:[ _-]?code)?\\{0,8}[\"']?"
    r"[\s:=(#-]{0,4}(?:with |was |is |of )?(?:status |http )?\\{0,8}[\"']?([1-5]\d\d)\b"
    rf"|\b([45]\d\d)\s{{0,2}}[\s:,()-]\s{{0,2}}(?:{_PHRASE})\b"
    rf"|\bstatus ?code\s{{0,2}}[:=]\s{{0,2}}({_PHRASE})\b",
    re.IGNORECASE | re.ASCII,
)


def status_of(value: Any) -> str:
    """The status that a word or an HTTP code stands for, "" if it stands for none."""
    if isinstance(value, bool):
        return SUCCESS if value else FAILURE
    if isinstance(value, (int, float)):
        return _of_code(int(value)) if 100 <= value < 600 else ""
    if not isinstance(value, str):
        return ""
    word = value.strip().lower()
    if word.isdigit() and len(word) == 3 and word.isascii():
        return _of_code(int(word))
    return _STATUS.get(word) or _STATUS.get(word.replace(" ", "").replace("-", ""), "") or (word if word in STATUSES else "")


def status_of_level(level: Any) -> str:
    """What the level of a line says about the outcome: failure, warning, or "" for all that is only information."""
    return _LEVELS.get(level.strip().lower(), "") if isinstance(level, str) else ""


def status_in(sentence: str) -> str:
    """What a sentence says about the outcome: failure, success, or "" if it only says what is being done."""
    beginning = sentence[:1_000]
    return FAILURE if _GOING_WRONG.search(beginning) else SUCCESS if _GOING_WELL.search(beginning) else ""


def code_in(text: str) -> str:
    """The HTTP error code that a text tells, "" if it tells none."""
    for found in _CODE.finditer(text[:20_000]):
        code = found[1] or found[2] or _BY_PHRASE.get("".join((found[3] or "").lower().split()), "")
        if code and code >= "400":
            return code
    return ""


def scim_type_in(text: str) -> str:
    """The keyword of RFC 7644 that a text tells, "" if it tells none."""
    whole = _SCIM_TYPE.get(text.strip().lower())
    if whole:
        return whole
    named = _NAMED_TYPE.search(text[:20_000])
    if named:
        return _SCIM_TYPE.get(named[1].lower(), named[1])
    bare = _BARE_TYPE.search(text[:20_000])
    return bare[1] if bare else ""


def _of_code(code: int) -> str:
    return SUCCESS if 100 <= code < 400 else FAILURE if code < 600 else ""
