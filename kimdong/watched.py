"""Which tables the audit chain must watch: every one of our apps, but for those named here with the reason."""

from collections.abc import Iterator, Mapping

from django.apps import apps
from django.db import models

from accounts import audit_chain

OUR_APPS = ("accounts", "students", "gradebook", "approvals", "reports")

NOT_WATCHED: Mapping[str, str] = {
    "accounts_auditentry": "the chain itself",
    "accounts_audithead": "the head of the chain itself",
    "accounts_accesslogentry": "a log of its own that refuses changes; a line for every look would double the chain",
    "accounts_signedinsession": "who is signed in where, noted once a minute; each log-in is in the access log",
    "accounts_signinfailures": "counts of the lock at the door; each failure is in the access log",
    "accounts_diskreading": "how much room a disk has, measured anew every few minutes",
    "accounts_ratecount": "counts of the brake on costly pages, forgotten after minutes",
    "accounts_activationslip": "fingerprints of codes on paper, used up within days; handing out and using are logged",
    "accounts_maildigest": "a person's own wish about the daily mail, and the day of the last one",
    "approvals_booklook": "looks before a signature, kept and asked for by the database; the signature is watched",
    "reports_printedcontent": "what a print said, under its hash; the database refuses to change or delete it",
    "reports_printedpart": "which parts a print has; as their content",
    "reports_syncrecord": "sealed records of a batch, bound by its digest, which the chain has; changes are refused",
    "students_pupilwords": "words of the search, which the database keeps itself from watched tables",
    "students_rosterrun": "how far a list in the background is; the list (RosterUpload) and what it does are watched",
}


def tables_of_ours() -> Iterator[str]:
    """Tables of our apps that people's facts stand in: not the history tables, which the chain is compared with."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OUR_APPS and not is_history(model):  # noqa: SLF001 - Django's documented API
            yield model._meta.db_table  # noqa: SLF001


def is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "instance_type")


def tables_without_watch() -> list[str]:
    watched = {each.table for each in audit_chain.watched_tables()}
    return sorted(set(tables_of_ours()) - watched - NOT_WATCHED.keys())
