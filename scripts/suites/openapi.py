"""Holds a running gateway to its OpenAPI description with schemathesis, in one organization.

    SCIM_TOKEN=… python openapi.py BASE_URL

What is judged, and what is excepted for which reason, is in schemathesis.toml and schemathesis_hooks.py.
Only the summary is printed, and each failure with the request that shows it again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from steps import base_and_token

SUITES = Path(__file__).resolve().parent
ROOT = SUITES.parent.parent
# It ends by itself long before, unless an answer never comes.
TIMEOUT_SECONDS = 600


def main() -> int:
    """Runs schemathesis, shows what it found, and returns its exit status."""
    # The token goes through the environment, where schemathesis.toml takes it from.
    base, _ = base_and_token("openapi.py")
    program = Path(sys.executable).with_name("st")
    arguments = [
        *("--config-file", str(SUITES / "schemathesis.toml")),
        *("run", str(ROOT / "docs/src/reference/scim-openapi.json")),
        *("--url", base, "--no-color"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        # It leaves caches where it runs.
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(SUITES / "schemathesis_hooks.py")},
            stdout=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    _, is_failure, failures = done.stdout.partition("= FAILURES =")
    if is_failure or done.returncode:
        print("\n".join(line[:600] for line in (failures or done.stdout).splitlines() if line.strip()))
    else:
        print("\n".join(line for line in done.stdout.splitlines() if "generated" in line or "Tested" in line))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
