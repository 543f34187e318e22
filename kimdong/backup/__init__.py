"""Backups: a dump and the files of one moment into an encrypted repository, each restored for trial and compared.

`making` is the worker's way through it, `planning` says when one is due, `repository` is the only file that knows
restic, `postgres` the only one that knows PostgreSQL's programs. Why so: docs/decisions/0191.
"""


class BackupFailed(Exception):
    """It could not be made or proven; the text is for the clerk and says what to do."""
