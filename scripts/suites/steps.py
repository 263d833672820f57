"""Steps that are run in order and counted, for the drivers beside this file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


class Steps:
    """A list of steps. One that fails does not keep the later ones from being tried."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Callable[[], None]]] = []

    def __call__(self, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """Adds the function below as a step with this name."""

        def add(step: Callable[[], None]) -> Callable[[], None]:
            self._steps.append((name, step))
            return step

        return add

    def run(self) -> int:
        """Runs all steps, prints what failed and a count, and returns the exit status."""
        failed = 0
        for name, step in self._steps:
            try:
                step()
            except Exception as error:  # noqa: BLE001 - whatever a client library raises is a finding
                failed += 1
                print(f"  error: {name}: {type(error).__name__}: {' '.join(str(error).split())[:600]}")
        print(f"passed {len(self._steps) - failed}, failed {failed}")
        return 1 if failed or not self._steps else 0


def equal(found: object, expected: object) -> None:
    """Fails unless both are the same, and shows them."""
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def base_and_token(script: str) -> tuple[str, str]:
    """The one argument of a driver and the token, or the end of the program."""
    token = os.environ.get("SCIM_TOKEN")
    if len(sys.argv) != 2 or not token:
        sys.exit(f"usage: SCIM_TOKEN=… python {script} BASE_URL")
    return sys.argv[1].rstrip("/"), token
