# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log files on a host, read with nothing but a POSIX shell, ls, od, tail, head, awk and gzip; and stat, where it is.

Only what a pattern selects crosses the wire: awk on the host finds the lines, with the lines around them that may belong to the same
entry, and tells where in the file they are. Where entries begin and end is decided here, by the rules for all logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..core.errors import InvalidInput
from ..core.events.lines import Lines
from .collection import Answer, words
from .collection_cursor import HEAD, WHOLE, LogFile

LONGEST = 1_000_000  # bytes of one entry
READ, MISSING, UNREADABLE, DIRECTORY, SPECIAL = "read", "missing", "unreadable", "directory", "special"
SAID = {
    MISSING: "there is no such file",
    UNREADABLE: "this user may not read it",
    DIRECTORY: "this is a directory; give files, or a pattern such as /var/log/scim/*.log",
    SPECIAL: "this is no regular file",
}

_BESIDE = "beside"  # found beside a path, perhaps an old file of it
_STATES = (READ, MISSING, UNREADABLE, DIRECTORY, SPECIAL, _BESIDE)
_GLOB = re.compile(r"(\[!?|[]*?])")
# Which file it is by what ls and od say. set -f: no word of theirs is taken for a pattern. Only a regular file is opened, because a
# named pipe would wait for somebody to write.
_LOOK = (
    "look() {{ s={read}; i=0; z=0; m=0; h=; d=$1; if [ \"$2\" = beside ]; then s=beside; fi; "
    'while [ ! -d "$d" ] && [ -n "$d" ]; do d=${{d%/*}}; done; d=${{d:-/}}; '
    'if [ -d "$1" ]; then s={directory}; '
    'elif [ ! -e "$1" ]; then if [ ! -x "$d" ] || {{ [ "$2" = glob ] && [ ! -r "$d" ]; }}; then s={unreadable}; else s={missing}; fi; '
    'elif [ ! -f "$1" ]; then s={special}; elif [ ! -r "$1" ]; then s={unreadable}; '
    'else set -f; n=$1; set -- $(ls -dinL -- "$1"); i=$1; z=$6; set -- "$n"; set +f; '
    'm=$(stat -L -c %Y -- "$1" 2> /dev/null || stat -L -f %m -- "$1" 2> /dev/null || echo 0); '
    'case $1 in *.gz) h=$(gzip -dc < "$1" 2> /dev/null | od -An -v -tx1 -N {head} | tr -d " \\n");; '
    '*) h=$(od -An -v -tx1 -N {head} < "$1" | tr -d " \\n");; esac; fi; '
    'printf "%s %s %s %s %s %s\\000" $s "$i" "$z" "$m" "${{h:--}}" "$1"; }}'
)
# A record that no log can hold is appended, so that the last line of the file is known to have an end or not. Groups are at least
# entries, never less: a line that might belong to the one before it stays with it. tolower of mawk ends at a NUL, so it comes second.
_AWK = r"""
function flush() {
if (n && hits != "") printf "%s %.0f %.0f %d%s\n%s\n", mark, start, pos, length(text), hits, text;
n = 0; text = ""; hits = ""; tb = 0; full = 0 }
function take(s, size) {
more = (s ~ /^([ \t.}\]]|Caused by: |--- End of |Traceback \(|During handling of the above|The above exception was)/);
if (! more) more = (s ~ /^[ \t\r]*$/ || (tb && s ~ /^[A-Za-z_]/));
if (! more || full) flush();
if (! n) start = pos;
if (s ~ /^Traceback \(/) tb = 1;
if (pattern == "") hits = " *";
else if (length(hits) < 10000 && (regex ? s ~ pattern : index(s, pattern) || index(tolower(s), plain))) hits = hits sprintf(" %.0f", pos - start);
text = (n ? text "\n" : "") substr(s, 1, longest); n++; pos += size; if (length(text) >= longest) full = 1 }
BEGIN { mark = ENVIRON["MARK"]; pattern = ENVIRON["PATTERN"]; plain = tolower(pattern); regex = ENVIRON["REGEX"]; longest = ENVIRON["LONGEST"] + 0;
pos = ENVIRON["OFFSET"] + 0; border = pos > 0; gap = 0 }
{ if ($0 == mark) { ended = 1; exit }
if (have) { if (border) { border = 0; gap = length(held) } else take(held, length(held) + 1) } held = $0; have = 1 }
END { if (have && ended) { rest = length(held); if (border) gap = rest; else if (rest && ENVIRON["WHOLE"]) { take(held, rest); rest = 0 } }
flush(); if (ended) printf "%s end %.0f %.0f %.0f\n", mark, pos, rest, gap }
"""
_PROGRAM = " ".join(_AWK.split("\n"))


@dataclass(frozen=True)
class Seen:
    """What a path on the host is. state: one of READ, MISSING, ...; file: if it can be read."""

    path: str
    state: str
    file: LogFile | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of a file. start, end: where it is, in bytes, decompressed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """What was read of a file. end: where to go on. unfinished: bytes of a last line that has no end yet.

    misplaced: the offset was not where a line begins, so it is another file than the one that was read. cut: there is more than was
    returned: later entries, or earlier ones if the newest were asked for. shortened: entries that were too long.
    """

    entries: list[Entry]
    end: int
    unfinished: int = 0
    misplaced: bool = False
    cut: bool = False
    shortened: int = 0


def check_path(path: str) -> None:
    """Raises InvalidInput for a path that is not absolute, or is none."""
    if not path.startswith("/") or "\0" in path:
        raise InvalidInput(f"paths: {path!r} is no absolute path")


def is_glob(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def listing(paths: Sequence[str], *, rotated: bool) -> str:
    """A command that says what each path is, for collection.posix. rotated: old files beside it, too."""
    steps = [_LOOK.format(read=READ, missing=MISSING, unreadable=UNREADABLE, directory=DIRECTORY, special=SPECIAL, head=HEAD)]
    for path in paths:
        check_path(path)
        name = _expanded(path)
        steps.append(f'for f in {name}; do look "$f" {"glob" if is_glob(path) else "file"}; done')
        if rotated:
            steps.append(f'for f in {name}.[0-9]* {name}[-_][0-9]*; do if [ -f "$f" ]; then look "$f" beside; fi; done')
    return "; ".join(steps)


def _expanded(path: str) -> str:
    """A path for a shell in which *, ? and [] are patterns, and nothing else means anything."""
    return "".join(part if _GLOB.fullmatch(part) else words([part]) for part in _GLOB.split(path) if part)


def listed(answer: Answer) -> list[Seen]:
    """What a host says about paths; what makes no sense is left out."""
    found: dict[str, Seen] = {}
    for record in answer.data.decode("utf-8", "surrogateescape").split("\0"):
        state, inode, size, changed, head, path = [*record.split(" ", 5), "", "", "", "", "", ""][:6]
        if state not in _STATES or not path:
            continue
        if state not in (READ, _BESIDE):
            found.setdefault(path, Seen(path, state))
            continue
        try:
            first = bytes.fromhex(head.strip("-"))
            number, length, moment = int(inode), int(size), int(changed) if changed.isdigit() else 0
        except ValueError:
            found[path] = Seen(path, UNREADABLE)
            continue
        file = LogFile(path, number, length, first, path.endswith(".gz"), moment)
        if state == READ or (file.rotated and path not in found):
            found[path] = Seen(path, READ, file)
    return list(found.values())


def reading(file: LogFile, offset: int, mark: str, *, pattern: str = "", regex: bool = False) -> str:
    """A command that prints the entries of a file from an offset on that a pattern is in, for collection.posix and part_of.

    pattern: a text in any letter case, or an extended regular expression as awk of the host knows it; "" for all entries.
    """
    name = words([file.name])
    source = f"gzip -dc < {name}" if file.packed else f"cat < {name}"
    if offset > 0:  # from the byte before it, which has to be the end of a line
        source = f"{source} | tail -c +{offset}" if file.packed else f"tail -c +{offset} < {name}"
    variables = {
        "MARK": mark,
        "PATTERN": pattern,
        "REGEX": "1" if regex else "",
        "OFFSET": str(offset),
        "LONGEST": str(LONGEST),
        "WHOLE": "1" if file.packed else "",
    }
    given = " ".join(f"{name}={words([value])}" for name, value in variables.items())
    return f"{{ {source}; printf '\\n%s\\n' {mark}; }} | {given} awk {words([_PROGRAM.strip()])}"


def part_of(answer: Answer, mark: str, offset: int, *, newest: bool = False) -> Part:
    """What a host gave of a file. newest: the beginning of the output may be cut off, not its end."""
    data, sign = answer.data, mark.encode() + b" "
    at = max(data.find(sign), 0) if not (newest and answer.cut) else _next(data, sign, 0)
    entries: list[Entry] = []
    end, rest, gap, shortened = offset, 0, 0, 0
    while 0 <= at < len(data):
        line_end = data.find(b"\n", at)
        if line_end < 0 or not data.startswith(sign, at):
            break
        fields = data[at:line_end].decode("ascii", "replace").split(" ")[1:]
        if fields[:1] == ["end"]:
            numbers = _numbers(fields[1:])
            end, rest, gap = numbers if len(numbers) == 3 else (end, 0, 0)
            break
        numbers = _numbers(fields[:3])
        if len(numbers) != 3 or line_end + 1 + numbers[2] > len(data):
            break
        start, group_end, length = numbers
        text = data[line_end + 1 : line_end + 1 + length]
        lines, given = _entries(text, start, group_end, None if fields[3:] == ["*"] else _numbers(fields[3:]))
        entries += given
        shortened += lines
        end, at = group_end, line_end + 1 + length + 1
    return Part(entries, end, rest, gap > 0, answer.cut, shortened)


def _next(data: bytes, sign: bytes, start: int) -> int:
    """Where the next group begins in an output whose beginning is cut off; no text can hold the sign."""
    found = data.find(sign, start)
    return found if found >= 0 else len(data)


def _numbers(fields: Iterable[str]) -> list[int]:
    numbers = []
    for field in fields:
        if not (field.isdigit() and field.isascii() and len(field) < 20):
            break
        numbers.append(int(field))
    return numbers


def _entries(text: bytes, start: int, end: int, hits: Sequence[int] | None) -> tuple[int, list[Entry]]:
    """How many were shortened, and the entries of a group that hold a line that was found. hits: where those lines begin in it."""
    whole = end - start <= len(text) + 1
    lines = Lines(longest=LONGEST)
    found = [Entry(said, start + began, start + consumed) for said, began, consumed in _located(lines, text)]
    chosen = [
        entry for entry in found if hits is None or any(entry.start - start <= hit < max(entry.end - start, 1) for hit in hits)
    ]
    if chosen and chosen[-1] is found[-1]:
        chosen[-1] = Entry(chosen[-1].text, chosen[-1].start, end)
    return max(lines.cut, int(not whole)), chosen


def _located(lines: Lines, text: bytes) -> Iterator[tuple[str, int, int]]:
    for said in lines.feed(text + b"\n"):
        yield said, lines.began, lines.consumed
    for said in lines.close():
        yield said, lines.began, lines.consumed


def finished(file: LogFile, end: int) -> int:
    """The offset at which a file that was read to there goes on."""
    return WHOLE if file.packed else end
