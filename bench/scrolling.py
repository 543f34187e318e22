"""A class of fifty in Chromium on a machine four times slower: does its homeroom sheet scroll and type smoothly?

Frames are counted while the wheel turns and while an arrow key is held; what keeps the page busy for longer than
50 ms is told with the function that did it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.measure import median_ms, milliseconds
from tests.browser import CHROMIUM, CHROMIUM_FLAGS
from tests.stack import Stack
from tests.stories.people import log_in

SLOWER = 4
STEPS, HELD_KEY = 60, 33  # ms between two strokes of a key that is held
SMOOTH_MS = 50.0  # a frame that takes longer is seen as a jerk (20 a second)
CELL = "form[data-sheet] tbody td > input:not([readonly], [type=hidden])"
WATCH = """(since) => {
  const seen = (window.benchSeen = { frames: [], long: [], events: [] });
  let before = 0;
  const frame = (now) => {
    if (before) seen.frames.push(now - before);
    before = now;
    window.benchFrame = requestAnimationFrame(frame);
  };
  window.benchFrame = requestAnimationFrame(frame);
  const watch = (type, keep, options = {}) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(keep));
    observer.observe({ type, ...options });
    return observer;
  };
  window.benchWatches = [
    watch("long-animation-frame", (entry) => seen.long.push({
      ms: entry.duration,
      work: entry.scripts.map((each) => [
        each.sourceFunctionName || each.invoker, each.sourceURL.split("/").pop(),
        each.duration, each.forcedStyleAndLayoutDuration,
      ]),
      layout: entry.styleAndLayoutStart ? entry.startTime + entry.duration - entry.styleAndLayoutStart : 0,
    }), { buffered: since === "opening" }),
    watch("event", (entry) => entry.name === "keydown" && seen.events.push(entry.duration), { durationThreshold: 16 }),
  ];
}"""
TELL = """async () => {
  await new Promise((done) => setTimeout(done, 300));
  cancelAnimationFrame(window.benchFrame);
  window.benchWatches.forEach((each) => each.disconnect());
  return window.benchSeen;
}"""


def measure(stack: Stack, username: str, path: str) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = log_in(browser, stack, username).page
        slow = page.context.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        slow.send("Performance.enable")
        page.goto(f"{stack.address}{path}")
        page.wait_for_load_state("networkidle")
        opening = _watched(page, slow, page.locator(CELL).first.focus, since="opening")
        rows = page.locator("form[data-sheet] tbody > tr:not(.note)").count()
        acts = {"opening": opening} | {
            what: _watched(page, slow, act)
            for what, act in (
                ("wheel down and up", lambda: _wheel(page, slow)),
                ("wheel to the side", lambda: _wheel(page, slow, sideways=True)),
                ("arrow down held", lambda: _hold(page, "ArrowDown", rows - 1)),
                ("arrow right held", lambda: _hold(page, "ArrowRight", 15)),
                ("arrow up held", lambda: _hold(page, "ArrowUp", rows - 1)),
                ("a level in each row", lambda: _levels(page, rows - 1)),
            )
        }
        browser.close()
    return {"pupils": rows, "slower": SLOWER, "acts": acts}


def _wheel(page: Page, slow: CDPSession, *, sideways: bool = False) -> None:
    """To the end of the table and back, as a hand turns a wheel."""
    box = page.locator(".sheet-scroll").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 300))
    for way in (1, -1):
        for _step in range(STEPS // 2):
            page.mouse.wheel(way * 100 if sideways else 0, 0 if sideways else way * 100)
            page.wait_for_timeout(16)


def _hold(page: Page, key: str, times: int) -> None:
    for _stroke in range(times):
        page.keyboard.press(key)
        page.wait_for_timeout(HELD_KEY)


def _levels(page: Page, times: int) -> None:
    """One letter and Enter, by somebody who types fast."""
    for _pupil in range(times):
        page.keyboard.press("T")
        page.keyboard.press("Enter")
        page.wait_for_timeout(2 * HELD_KEY)


def _watched(page: Page, slow: CDPSession, act: Callable[[], None], *, since: str = "now") -> dict[str, Any]:
    before = _layouts(slow)
    page.evaluate(WATCH, since)
    act()
    seen = page.evaluate(TELL)
    frames = [each / 1000 for each in seen["frames"]]
    events = [each / 1000 for each in seen["events"]] or [0.0]
    return {
        "frames": len(frames),
        "median_ms": median_ms(frames),
        "p95_ms": milliseconds(frames, 95),
        "max_ms": milliseconds(frames, 100),
        "jerks": sum(1000 * each > SMOOTH_MS for each in frames),
        "key_p95_ms": milliseconds(events, 95),
        "layouts": _layouts(slow) - before,
        "long_tasks": len(seen["long"]),
        "longest_ms": round(max((each["ms"] for each in seen["long"]), default=0), 1),
        "work": _work(seen["long"]),
    }


def _layouts(slow: CDPSession) -> int:
    """How often the page has been laid out: a number that does not depend on who else is at work."""
    metrics = slow.send("Performance.getMetrics")["metrics"]
    return round(next(each["value"] for each in metrics if each["name"] == "LayoutCount"))


def _work(long: list[Mapping[str, Any]]) -> list[str]:
    """What took the time in the long ones, most first: function and file, or style and layout."""
    spent: Counter[str] = Counter()
    for each in long:
        spent["style, layout, paint"] += each["layout"]
        for name, file, ms, forced in each["work"]:
            spent[f"{name} ({file})"] += ms
            if forced:
                spent[f"layout forced by {name} ({file})"] += forced
    return [f"{name}: {ms:.0f} ms" for name, ms in spent.most_common(4) if ms >= 1]


COLUMNS = (
    ("frames", "frames"),
    ("median_ms", "median ms"),
    ("p95_ms", "p95 ms"),
    ("max_ms", "max ms"),
    ("jerks", "> 50 ms"),
    ("key_p95_ms", "key p95"),
    ("layouts", "layouts"),
    ("long_tasks", "long"),
)


def show(found: Mapping[str, Any]) -> None:
    print(f"\nhomeroom sheet of {found['pupils']} in Chromium, {found['slower']} times slower")
    print(f"{'':<24}" + "".join(f"{label:>11}" for _key, label in COLUMNS))
    for what, row in found["acts"].items():
        print(f"{what:<24}" + "".join(f"{row[key]:>11}" for key, _label in COLUMNS))
        if row["work"]:
            print(f"    longest {row['longest_ms']} ms; in all long ones: {'; '.join(row['work'])}")
