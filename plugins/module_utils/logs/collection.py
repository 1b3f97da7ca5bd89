# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Command lines that read logs on a host without Python, and what comes back of them.

A command's output, its messages and its exit code come back within one stream, so that they can be told apart over any
connection: some merge standard output and standard error, some lose exit codes, and all may break off.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.errors import LifecycleError, Unreachable
from ..core.events.texts import inert

MOST_BYTES = 16_000_000  # of the output of one command

_FRAMED = (
    "LC_ALL=C; export LC_ALL; exec 3>&1; "
    "said=$( {{ {{ {{ {command}; }} 2>&4; printf '\\n%s rc %s\\n' {mark} \"$?\" >&4; }} | {cut} >&3; }} 4>&1 ); "
    "printf '\\n%s\\n%s\\n' {mark} \"$said\""
)
# Windows writes in the code page of the console, unless it is told otherwise. wevtutil's exit code is kept by its caller.
_POWERSHELL = (
    "$ProgressPreference = 'SilentlyContinue'; [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false; "
    "$LASTEXITCODE = $null; & {command}; $code = $LASTEXITCODE; ''; '{mark}'; \"{mark} rc $code\""
)


class CannotCollect(LifecycleError):
    """A log on a host cannot be read; the message says why and what helps."""


@dataclass(frozen=True)
class Answer:
    """What a command gave. data: its output. said: its messages. code: its exit code, 127 if there is no such program.

    cut: the output was longer than it may be.
    """

    data: bytes
    said: str
    code: int
    cut: bool = False

    @property
    def told(self) -> str:
        """The messages for people: on one line, and nothing in them acts."""
        lines = dict.fromkeys(line.strip() for line in self.said.splitlines() if line.strip())
        return inert("; ".join(lines), 500)

    @property
    def forbidden(self) -> bool:
        """Whether the host says that this user may not read it."""
        said = self.said.lower()
        return any(words in said for words in ("permission denied", "insufficient permissions", "access is denied", "operation not permitted"))


def posix(command: str, mark: str, *, newest: bool = False, most: int = MOST_BYTES) -> str:
    """A command for a POSIX shell, on one line. mark: random hexadecimal digits, which no log can know beforehand.

    newest: if the output is longer than most bytes, its end is kept, not its beginning.
    """
    return _FRAMED.format(command=command, mark=mark, cut=f"{'tail' if newest else 'head'} -c {most}")


def powershell(program: str, arguments: Iterable[str], mark: str) -> str:
    """A command for PowerShell 3 and later, with its arguments as they are."""
    words = [program, *(f"'{argument}'" for argument in (word.replace("'", "''") for word in arguments))]
    return _POWERSHELL.format(command=" ".join(words), mark=mark)


def words(arguments: Sequence[str]) -> str:
    """Arguments for a POSIX shell, which takes nothing in them for anything else."""
    return " ".join(map(shlex.quote, arguments))


def answer(output: str, mark: str, *, errors: str = "", windows: bool = False, most: int = MOST_BYTES) -> Answer:
    """What a framed command gave. output: standard output, with what is no UTF-8 as surrogates. errors: standard error, which holds
    the messages on windows, and elsewhere only what the connection said.

    Raises Unreachable if it broke off.
    """
    raw = output.encode("utf-8", "surrogateescape") if output.isascii() or not _lone(output) else output.encode("utf-8", "replace")
    end = b"\n" + mark.encode()
    data, found, tail = raw.rpartition(end + b"\n") if b"\r" not in raw[-1_000:] else (b"", b"", b"")
    if not found:  # a terminal between here and there makes two characters of every line break
        data, found, tail = raw.replace(b"\r\n", b"\n").rpartition(end + b"\n")
    said, told, code = tail.decode("utf-8", "replace").rpartition(mark + " rc ")
    if not found or not told:
        raise Unreachable("the connection broke off before the log was read to its end; nothing of it is returned" + _because(errors))
    number = code.strip().split("\n", 1)[0].strip()
    return Answer(data, f"{said}\n{errors}" if windows else said, int(number) if number.isdigit() and number.isascii() else 127, len(data) >= most)


def _lone(output: str) -> bool:
    """Whether a text holds surrogates that stand for no byte, as only a broken connection plugin would give them."""
    return any("\ud800" <= letter <= "\udfff" and not "\udc80" <= letter <= "\udcff" for letter in output)


def _because(errors: str) -> str:
    return f" ({inert(errors.strip(), 300)})" if errors.strip() else ""
