"""The address that the square code of a print opens: the page that says whether the print is the current one.

In capitals, which a square code holds in fewer modules; scheme and host mean the same in either, and the page's own
path takes both (kimdong/urls.py).
"""

from django.conf import settings


def address_of(code: str) -> str:
    """ "HTTPS://HOSO.KIMDONG.EDU.VN/P/7K3M9QXD" for "7K3M-9QXD"."""
    return f"{settings.START_PAGE}p/{code.replace('-', '')}".upper()
