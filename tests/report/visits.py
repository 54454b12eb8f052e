"""A page opened in a browser, and which pages of a report are worth opening."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

OPEN = "for (const each of document.querySelectorAll('details')) each.open = true"


class Visit:
    """A page opened from disk, and everything the browser complained about or asked for.

    `before` is a script that runs before those of the page; `slower` is by how much the browser is.
    """

    def __init__(
        self,
        browser: Browser,
        path: Path,
        width: int = 1280,
        before: str = "",
        slower: int = 1,
        **options: Any,
    ) -> None:
        size = {"viewport": {"width": width, "height": 900}, **options}
        self.context: BrowserContext = browser.new_context(**size)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self._heard(dialog))
        self.page.on(
            "request",
            lambda request: self.complaints.extend(
                [] if request.url.startswith(("file:", "data:")) else [request.url]
            ),
        )
        if before:
            self.page.add_init_script(before)
        if slower > 1:
            session = self.context.new_cdp_session(self.page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        self.page.goto(path.as_uri())

    def _heard(self, dialog: Any) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == []


def kinds(folder: Path) -> dict[str, Path]:
    """One page of each kind: those beside index.html, and of every folder the fullest one."""
    found = {path.name: path for path in sorted(folder.glob("*.html"))}
    for inside in sorted(path for path in folder.iterdir() if path.is_dir()):
        if pages := sorted(inside.rglob("*.html"), key=lambda path: -path.stat().st_size):
            found[inside.name] = pages[0]
    return found
