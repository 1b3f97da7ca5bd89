# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JMESPath applied to what was read, here, so that it works on every service."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from .core.errors import InvalidInput, LifecycleError

try:
    import jmespath

    PROBLEM = ""
except ImportError:
    PROBLEM = traceback.format_exc()


class MissingLibrary(LifecycleError):
    """A library that an option needs is not installed where the task runs."""

    def facts(self) -> dict[str, Any]:
        return {"exception": PROBLEM}


def compiled(expression: str | None, option: str = "query") -> Callable[[Any], Any] | None:
    """The expression as a function of data, ``None`` if there is none. Checked before anything is asked.

    option: what holds it, for messages.
    """
    return required(expression, option) if expression else None


def required(expression: str, option: str) -> Callable[[Any], Any]:
    """The same for an expression that there has to be."""
    if PROBLEM:
        raise MissingLibrary(missing_required_lib("jmespath", reason=f"for the option {option}"))
    try:
        parsed = jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as problem:
        raise InvalidInput(f"{option}: {expression!r} is not a JMESPath expression: {_line(problem)}") from None

    def ask(data: Any) -> Any:
        try:
            return parsed.search(data)
        except jmespath.exceptions.JMESPathTypeError as problem:  # its text has the value in it, which may be anybody's name
            wanted = " or ".join(problem.expected_types)
            raise InvalidInput(f"{option}: {expression!r} cannot be applied to what was read: {problem.function_name}() wants {wanted}") from None
        except (jmespath.exceptions.JMESPathError, TypeError) as problem:
            raise InvalidInput(f"{option}: {expression!r} cannot be applied to what was read: {_line(problem)}") from None

    return ask


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())
