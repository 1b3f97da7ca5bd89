# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AnsibleModule that keeps to itself what nobody may or wants to see: secrets it does not know as such, and long input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .inquiry.shown import size
from .mistakes import not_a_dictionary
from .options import Spec, secrets_of
from .report import shortened

Params = Mapping[str, Any]
Result = dict[str, Any]

MOST_ECHOED = 20
_LONGEST_ECHO = 2000  # characters of one option


class Module(AnsibleModule):  # type: ignore[misc]
    """Hides secrets that ansible-core does not see as such: headers that came as one text, passwords in addresses.

    Its results do not echo long input either: ansible-core before 2.19 adds the options to every result, and AWX drops
    results that are too long, without a word.
    """

    def __init__(self, spec: Spec, **constraints: Any) -> None:
        self._given: Params = {}
        try:
            super().__init__(spec, **constraints)
        except TypeError:  # ansible-core looks for keys in a number, where a dictionary within a dictionary is due
            if not not_a_dictionary(spec, self._given):
                raise
            self.fail_json("")
        self._given = {}
        self._hide()

    def _load_params(self) -> None:
        """Called by ansible-core. What it reads loses what has a wrong type, and with it what is wrong."""
        super()._load_params()
        self._given = dict(self.params)

    def fail_json(self, msg: str, **facts: Any) -> None:
        """Also called by ansible-core, while it reads the options."""
        self._hide()
        msg = not_a_dictionary(self.argument_spec, self._given) or msg
        super().fail_json(msg, **{**facts, **self._invocation()})

    def exit_json(self, **result: Any) -> None:
        super().exit_json(**result, **self._invocation())

    def _invocation(self) -> Result:
        params = {name: counted(value) for name, value in getattr(self, "params", {}).items()}
        echoed = {name: shortened(value, MOST_ECHOED) for name, value in params.items()}
        return {"invocation": {"module_args": {name: _echo(value) for name, value in echoed.items()}}}

    def _hide(self) -> None:
        self.no_log_values.update(secrets_of(getattr(self, "params", {}).get))


def counted(value: Any) -> Any:
    """An option as it is echoed: of a list of entries, how many there are."""
    entries = isinstance(value, list) and len(value) > 0 and isinstance(value[0], dict)
    return f"{len(value)} entries" if entries and len(value) > MOST_ECHOED else value


def _echo(value: Any) -> Any:
    """An option as it is echoed: of a few long entries, how many there are, too."""
    characters = size(value)
    if characters <= _LONGEST_ECHO:
        return value
    return f"{len(value)} entries" if isinstance(value, list) else f"({characters} characters)"
