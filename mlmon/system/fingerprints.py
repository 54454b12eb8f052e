"""Fingerprints: the one way in which it is seen whether a text or a file has changed."""

import hashlib
from functools import partial
from pathlib import Path


def of(content: str | bytes | Path, algorithm: str = "md5") -> str:
    """Return the hex digest of a text (as UTF-8), of bytes, or of a file's bytes, read in pieces.

    Texts go by md5, files that others write and fitted models by sha256. Raises OSError.
    """
    new = partial(hashlib.new, algorithm, usedforsecurity=False)
    if isinstance(content, Path):
        with content.open("rb") as file:
            return hashlib.file_digest(file, new).hexdigest()
    return new(content.encode() if isinstance(content, str) else content).hexdigest()
