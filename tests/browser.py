"""The Chromium of this machine, as the stories and the bench start it."""

import shutil

# The window that each context opens would load the list under the address bar, two pages of Chromium's own: half of
# what a context costs. Chromium heeds the last such list alone, so Playwright's, where it matters here, is repeated.
WITHOUT = [
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI"),
    *(
        "AvoidUnnecessaryBeforeUnloadCheckSync",
        "DestroyProfileOnBrowserClose",
        "PaintHolding",
        "HttpsUpgrades",
    ),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "ThirdPartyStoragePartitioning",
        "MediaRouter",
        "OptimizationHints",
    ),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
]
CHROMIUM_FLAGS = [
    f"--disable-features={','.join(WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Without windows where this machine has it (Debian): about half of the processor time of the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
