"""What stands above the name of whoever signs for the school (Nghị định 30/2020). Pure."""

from typing import Final

PRINCIPAL_TITLE: Final = ("HIỆU TRƯỞNG",)
DEPUTY_TITLE: Final = ("KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG")
