"""Node and the JavaScript clients of `tests/clients/node`, installed from their lock file."""

import fcntl
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "clients" / "node"
MODULES = FOLDER / "node_modules"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Where the browser is; None where there is none."""


def installed() -> Path:
    """Return the folder with the packages that the lock file names, fresh where it changed.

    Several test processes may ask at once; one installs and the others wait.
    """
    lock = FOLDER / "package-lock.json"
    with (FOLDER / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        stamp = MODULES / ".package-lock.json"
        if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
            command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(command, cwd=FOLDER, check=True, timeout=300)
    return MODULES
