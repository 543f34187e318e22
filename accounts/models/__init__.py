"""People, their posts and accounts, what they are granted, and the log of who did and saw what."""

from accounts.models.access import AccessLogEntry, RateCount, SignedInSession, SignInFailures
from accounts.models.account_life import ActivationSlip, AdminAction, PasswordRotation, SupervisionMark
from accounts.models.audit import AuditEntry, AuditHead
from accounts.models.backups import Backup
from accounts.models.disks import DiskReading
from accounts.models.grants import Grant, GrantQuerySet, GroupMembership, SystemPart
from accounts.models.mail_digests import MailDigest
from accounts.models.people import Post, Team, User, UserManager
from accounts.models.training import TrainingRecord

__all__ = [
    "AccessLogEntry",
    "ActivationSlip",
    "AdminAction",
    "AuditEntry",
    "AuditHead",
    "Backup",
    "DiskReading",
    "Grant",
    "GrantQuerySet",
    "GroupMembership",
    "MailDigest",
    "PasswordRotation",
    "Post",
    "RateCount",
    "SignInFailures",
    "SignedInSession",
    "SupervisionMark",
    "SystemPart",
    "Team",
    "TrainingRecord",
    "User",
    "UserManager",
]
