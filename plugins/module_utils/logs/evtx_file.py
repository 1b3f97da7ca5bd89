# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the Windows event log (.evtx) on this machine, read by the Python library evtx, which is needed for nothing else.

A file holds the words that an event was written with, not the message that Windows makes of them. Sources that write whole
sentences, as with Write-EventLog, have them as their first word.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from ..core.errors import InvalidInput
from ..core.events.texts import inert

try:
    from evtx import PyEvtxParser
except ImportError:
    HAS_EVTX = False
else:
    HAS_EVTX = True

_MAGIC = b"ElfFile\0"


def records(path: str) -> Iterator[str]:
    """The events of a file, each as an XML document, in the order of the file; an empty text for one that cannot be read.

    Raises InvalidInput if there is no such file, if it is none, or if the library is not there.
    """
    said = f"{inert(path)}: "
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidInput(f"{said}this is no file")
            begins = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise InvalidInput(f"{said}there is no such file on the controller") from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{said}the file cannot be read: {getattr(error, 'strerror', None) or 'no valid path'}") from None
    if begins != _MAGIC:
        raise InvalidInput(f"{said}this is no .evtx file; wevtutil epl LOG FILE makes one")
    if not HAS_EVTX:
        raise InvalidInput(f"{said}the Python library evtx is needed on the controller to read .evtx files: pip install evtx")
    yield from _parsed(path, said)


def _parsed(path: str, said: str) -> Iterator[str]:
    try:
        found = PyEvtxParser(path).records()
    except (OSError, RuntimeError) as error:
        raise InvalidInput(f"{said}this .evtx file is damaged: {inert(error, 200)}") from None
    while True:
        try:
            record = next(found)
            yield str(record["data"]) if record else ""
        except StopIteration:
            return
        except (RuntimeError, ValueError, OSError):  # one chunk or record that is damaged; the library goes on with the next
            yield ""
