"""Files that are committed and compared; ``SLOTKEEPER_SNAPSHOTS=write`` accepts what changed."""

import json
import os
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"

WRITES = os.environ.get("SLOTKEEPER_SNAPSHOTS") == "write"


def same_text(path: Path, text: str) -> None:
    """Hold ``text`` to the committed file at ``path``, or write it there when asked to."""
    if WRITES:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text, f"{path.name} has changed; make snapshots, read the diff"


def same_json(path: Path, value: Any) -> None:
    """Hold a value to the committed JSON at ``path``, or write it there when asked to."""
    same_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
