"""A headless Chromium by its DevTools protocol: pages opened, errors and requests heard."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SETTINGS = (
    "--headless=new", "--remote-debugging-port=0", "--remote-allow-origins=*", "--no-first-run",
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT = 30  # seconds for one answer; pages take a fraction of one


def program() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Page:
    """What was heard while a page loaded, and what its scripts answered."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answer: Any = None


class Browser:
    """One tab of a Chromium that this object started, and ends."""

    def __init__(self, folder: Path) -> None:
        import websocket

        command = [program() or NAMES[0], *SETTINGS, f"--user-data-dir={folder}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port, path = self._address(folder / "DevToolsActivePort")
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=WAIT, enable_multithread=False
        )
        self.number = 0
        self.heard: list[dict[str, Any]] = []
        self.session = ""
        tabs = self.call("Target.getTargets")["targetInfos"]
        tab = next(t["targetId"] for t in tabs if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=tab, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    @staticmethod
    def _address(file: Path) -> tuple[str, str]:
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if file.is_file() and len(lines := file.read_text("utf-8").split()) == 2:
                return lines[0], lines[1]
            time.sleep(0.05)
        raise TimeoutError("Chromium did not open its DevTools port")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; events on the way are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            found = self._receive()
            if found.get("id") == self.number:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']['message']}")
                return dict(found["result"])

    def _receive(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.socket.recv())
        if "method" in found:
            self.heard.append(found)
        return found

    def width(self, pixels: int, height: int = 844) -> None:
        """Set the width of the window, as that of a phone or a desk."""
        self.call("Emulation.setDeviceMetricsOverride", width=pixels, height=height,
                  deviceScaleFactor=1, mobile=pixels < 600)  # fmt: skip

    def open(self, address: str, script: str) -> Page:
        """Open an address, wait until it is loaded, and evaluate a script in it."""
        self.heard.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.heard):
            self._receive()
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        page = Page(answer=answer["result"].get("value"))
        if "exceptionDetails" in answer:
            page.errors.append(json.dumps(answer["exceptionDetails"])[:500])
        for event in self.heard:
            self._sort(event["method"], event["params"], page)
        return page

    @staticmethod
    def _sort(method: str, said: dict[str, Any], page: Page) -> None:
        if method == "Network.requestWillBeSent":
            page.requests.append(said["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            page.errors.append(json.dumps(said["exceptionDetails"])[:500])
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            page.errors.append(said["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in {"error", "assert"}:
            page.errors.append(json.dumps(said["args"])[:500])

    def picture(self, target: Path) -> None:
        """Save what the window shows as PNG."""
        import base64

        data = self.call("Page.captureScreenshot", format="png")["data"]
        target.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """End the Chromium that this object started."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=WAIT)
