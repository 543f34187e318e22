"""A module of the bench that runs inside Django over a stack's database, in a process of its own."""

import json
import subprocess
import sys
from typing import Any

from tests.stack import ROOT, Stack


def inside(stack: Stack, module: str, *arguments: str, text: str = "") -> Any:
    """What it prints, which is JSON; `text` is its standard input. What it says besides is seen."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=stack.environment,
        input=text,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)
