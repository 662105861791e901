"""What `tui-rnn serve` answers: one page, the terminal on it, and the socket between that and a program.

textual-serve brings the page's terminal, which is xterm.js, and its font. Each visitor has a program of their own. The
page's address holds a key drawn at the start, so that neither another user of this machine nor another site's page
finds it; a page of another site is refused even with the key.
"""

import asyncio
import contextlib
import importlib.util
import json
import secrets
import shlex
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from tui_rnn.headless.served import ServedProgram
from tui_rnn.safe_text import safe_text

_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_MOST_BYTES = 1 << 20  # of one message: a text that is pasted
_SECONDS_TO_CLOSE = 2.0  # that a page is given to answer
_FONT_SIZES = range(6, 61)  # pixels
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css">
<script src="begin.js"></script>
<style>
@font-face {{ font-family: "Roboto Mono"; font-weight: 100 700;
  src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf"); }}
@font-face {{ font-family: "Roboto Mono"; font-weight: 100 700; font-style: italic;
  src: url("/static/fonts/RobotoMono-Italic-VariableFont_wght.ttf"); }}
html, body {{ margin: 0; height: 100%; background: #0b0e12; overflow: hidden; }}
.textual-terminal {{ height: 100vh; }}
#ended {{ display: none; position: fixed; bottom: 0; left: 0; right: 0; padding: 10px; text-align: center;
  font: 15px "Roboto Mono", monospace; color: #f4f7fa; background: #1d2f5e; }}
#ended a {{ color: #fb9d3c; }}
body.-closed #ended {{ display: block; }}
</style>
</head>
<body>
<div class="textual-terminal" data-session-websocket-url="{socket}" data-font-size="{font_size}"></div>
<div id="ended">The program has ended. <a href="">Begin again</a></div>
</body>
</html>
"""
# The terminal measures its cells once, when its script begins, which is to be after the font has come.
_BEGIN = """addEventListener("load", async () => {
  const fonts = ["16px", "bold 16px", "italic 16px"].map((kind) => document.fonts.load(`${kind} "Roboto Mono"`));
  await Promise.allSettled(fonts);
  const script = document.createElement("script");
  script.onload = () => {
    window.onload();
    document.querySelector(".xterm-helper-textarea").focus();
  };
  script.src = "/static/js/textual.js";
  document.head.append(script);
});
"""
# The page loads from this address alone, and no other page shows it in a frame. xterm.js writes styles of its own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src data:; "
    "connect-src 'self' {socket}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class Site:
    """Shows `tui-rnn` with these arguments. `app` is to be served; `path` is the page's, with the key."""

    def __init__(self, arguments: Sequence[str], *, of_this_machine_alone: bool) -> None:
        """`of_this_machine_alone`: whether it is served at a loopback address, which has few names."""
        self.path = f"/{secrets.token_urlsafe(9)}/"
        self.app = web.Application()
        self._arguments = tuple(arguments)
        self._of_this_machine_alone = of_this_machine_alone
        self._sessions: set[web.WebSocketResponse] = set()
        self.app.add_routes(
            [
                web.get("/", self._no_key),
                web.get(self.path, self._page),
                web.get(f"{self.path}begin.js", self._begin),
                web.get(f"{self.path}ws", self._socket),
            ]
        )
        self.app.router.add_static("/static", _statics())
        self.app.on_shutdown.append(self._hang_up)

    async def _no_key(self, request: web.Request) -> web.Response:
        raise web.HTTPForbidden(text="Open the whole address that tui-rnn serve printed: its last part is a key.")

    async def _page(self, request: web.Request) -> web.Response:
        """The page; `?fontsize=20` shows larger letters."""
        self._check(request)
        asked = request.query.get("fontsize", "")
        size = int(asked) if asked.isdecimal() and len(asked) <= 2 and int(asked) in _FONT_SIZES else 16
        socket = f"{'wss' if request.secure else 'ws'}://{request.host}{self.path}ws"
        title = safe_text(shlex.join(["tui-rnn", *self._arguments]), one_line=True)
        page = _PAGE.format(title=escape(title), socket=escape(socket), font_size=size)
        headers = {
            "Content-Security-Policy": _POLICY.format(socket=socket),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _begin(self, request: web.Request) -> web.Response:
        return web.Response(text=_BEGIN, content_type="text/javascript")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """A visitor: their program runs until it ends or they leave."""
        self._check(request)
        session = web.WebSocketResponse(heartbeat=15, timeout=_SECONDS_TO_CLOSE, max_msg_size=_MOST_BYTES)
        await session.prepare(request)
        program = ServedProgram(self._arguments, session.send_bytes)
        self._sessions.add(session)
        shows = asyncio.create_task(_shown(program, session))
        try:
            async for message in session:
                if message.type is WSMsgType.TEXT:
                    await _obey(message.data, program, session)
        finally:
            self._sessions.discard(session)
            shows.cancel()
            await program.stop()
        return session

    def _check(self, request: web.Request) -> None:
        """Raise HTTPForbidden for a page of another site."""
        if not is_own(request.headers.get("Origin"), request.host, self._of_this_machine_alone):
            raise web.HTTPForbidden(text="This address is not for pages of other sites.")

    async def _hang_up(self, app: web.Application) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions), return_exceptions=True)


def is_own(origin: str | None, host: str, of_this_machine_alone: bool) -> bool:
    """Whether a request with these headers comes from our own page, or from none.

    A page of another site names itself as the origin; one whose name was made to lead to this machine, as the host.
    """
    try:
        if of_this_machine_alone and urlsplit(f"//{host}").hostname not in _OF_THIS_MACHINE:
            return False
        return origin is None or urlsplit(origin).netloc == host
    except ValueError:
        return False


def _statics() -> Path:
    """Where textual-serve keeps its script, style and font; it is not imported."""
    spec = importlib.util.find_spec("textual_serve")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "static"


async def _obey(data: str, program: ServedProgram, session: web.WebSocketResponse) -> None:
    """Do what textual-serve's script says; anything else is ignored."""
    with contextlib.suppress(ValueError, RecursionError):  # no JSON
        match json.loads(data):
            case ["stdin", str(typed)]:
                await program.type(typed.encode(errors="replace"))
            case ["resize", {"width": int(columns), "height": int(rows)}]:
                program.resize(columns, rows)
            case ["ping", sent]:
                await session.send_json(["pong", sent])


async def _shown(program: ServedProgram, session: web.WebSocketResponse) -> None:
    """Show what the program writes; once it has ended, hang up."""
    with contextlib.suppress(ConnectionError, RuntimeError):  # the page is gone
        await program.run()
    await session.close()
