"""A browser's user agent in words that its owner recognises: «Chrome trên Windows»."""

# The first that is found counts: Edge and Cốc Cốc call themselves Chrome too, Chrome calls itself Safari.
BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "máy Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    browser = _first(BROWSERS, user_agent) or "Trình duyệt khác"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} trên {system}" if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((words for mark, words in names if mark in user_agent), "")
