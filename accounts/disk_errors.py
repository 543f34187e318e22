"""By which numbers the system says that a disk has no room. No Django here: the start asks before the settings."""

import errno
from typing import Final

NO_ROOM_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
