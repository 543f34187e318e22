"""Several people at the same moment, each on a database connection of their own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*acts: Callable[[], object]) -> None:
    """Runs each act in a thread; all begin together. Needs the fixture `committed`."""
    ready = threading.Barrier(len(acts))

    def run(act):
        try:
            ready.wait(timeout=10)
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
