"""Files that are whole or not there at all.

Owns writing beside and renaming. Knows no format.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path


def write_beside(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, making its folder.

    Raises: OSError, with the old file untouched and nothing left over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
