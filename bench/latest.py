"""The file of results: a run writes its own groups over those of the run before, with when and where it measured."""

import json
import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "latest.json"


def keep(groups: Mapping[str, object]) -> None:
    """What was not measured this time stays as it was: a quick run does not empty the table of a hundred schools."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    machine = {"cores": os.cpu_count(), "load": os.getloadavg()[2], "python": platform.python_version()}
    stamp = {group: machine | {"at": time.strftime("%F %T")} for group in groups}
    merged = known | dict(groups) | {"measured": known.get("measured", {}) | stamp}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(merged, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
