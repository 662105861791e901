"""`tui-rnn serve`: the screen in a browser. textual-serve brings the page's terminal and the socket to it.

Each visitor has a program of their own. Whoever reaches the address can press its keys, so it is this machine's own
unless another is given, and no page of another site is let through to it.
"""

import asyncio
import contextlib
import errno
import shlex
import signal
import sys
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui_rnn import stdio
from tui_rnn.engine.errors import ConfigError, InputError
from tui_rnn.safe_text import safe_text

if TYPE_CHECKING:
    from textual_serve.server import Server

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css">
<script src="/static/js/textual.js"></script>
<style>
@font-face {{ font-family: "Roboto Mono"; src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf"); }}
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
<div id="ended">The program has ended. <a href="/">Begin again</a></div>
</body>
</html>
"""


def serve(host: str, port: int, arguments: Sequence[str]) -> int:
    """Serve `tui-rnn` with these arguments until a signal comes; the exit code of the contract.

    Raises ConfigError for an address that cannot be used, and InputError where textual-serve is missing.
    """
    if not 1 <= port <= 65_535:
        raise ConfigError(f"--port {port} cannot be used: give a whole number from 1 to 65535")
    if sys.platform == "win32":
        raise InputError("serve needs pseudo-terminals, which Windows has none of: use it under WSL")
    if arguments and arguments[0] == "serve":
        raise ConfigError("serve cannot be served: give a text, or a command with a screen, such as view RUN")
    try:
        server = _server(host, port, arguments)
    except ImportError:
        raise InputError("serve needs textual-serve: pip install 'tui-rnn[web]'") from None
    if host not in _LOOPBACK:
        stdio.write_stderr(
            f"tui-rnn: warning: everyone who reaches {safe_text(host, one_line=True)} port {port} can press this "
            "program's keys: it trains, reads and writes as you\n"
        )
    try:
        return asyncio.run(_served(server, host, port))
    except OSError as error:
        reason = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise ConfigError(f"--host {host} --port {port} cannot be served at ({reason}): give another") from None


async def _served(server: "Server", host: str, port: int) -> int:
    """Serve until INT, TERM or HUP comes; 128 + its number."""
    from aiohttp import web

    came: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(number: int) -> None:
        if not came.done():
            came.set_result(number)

    runner = web.AppRunner(await server._make_app(), access_log=None, shutdown_timeout=15)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        shown = f"[{host}]" if ":" in host else host
        print(f"tui-rnn is at http://{safe_text(shown, one_line=True)}:{port}/ until ctrl+c", flush=True)
        return 128 + await came
    finally:
        await runner.cleanup()


def is_let_through(origin: str | None, host: str, served_at: str) -> bool:
    """Whether a request with these headers comes from our own page; `served_at` is the address that was given.

    A page of another site names itself as the origin, and one whose name was made to lead here, as the host.
    """
    name = urlsplit(f"//{host}").hostname
    if served_at in _LOOPBACK and name not in _LOOPBACK:
        return False
    return origin is None or urlsplit(origin).netloc == host


def _server(host: str, port: int, arguments: Sequence[str]) -> "Server":
    """The server of textual-serve, its page and its programs in our form. Raises ImportError without it."""
    from aiohttp import web
    from textual_serve.server import Server, to_int

    from tui_rnn.headless.served import ServedProgram

    title = shlex.join(["tui-rnn", *arguments])

    class ProgramServer(Server):
        """Gives each visitor a program on a pseudo-terminal, and other sites' pages nothing."""

        def __init__(self) -> None:
            super().__init__(title, host, port)
            self._sessions: set[web.WebSocketResponse] = set()

        async def on_startup(self, app: web.Application) -> None:
            """Textual's would print a banner."""

        async def on_shutdown(self, app: web.Application) -> None:
            """Hang up all."""
            for session in list(self._sessions):
                with contextlib.suppress(OSError):
                    await session.close()

        def _check(self, request: web.Request) -> None:
            if not is_let_through(request.headers.get("Origin"), request.host, host):
                raise web.HTTPForbidden(text="This address is not for pages of other sites.")

        async def handle_index(self, request: web.Request) -> web.Response:  # type: ignore[override]
            """The page; it loads nothing from elsewhere."""
            self._check(request)
            size = min(60, max(6, to_int(request.query.get("fontsize", "16"), 16)))
            socket = f"{'wss' if request.secure else 'ws'}://{request.host}/ws"
            page = _PAGE.format(title=escape(safe_text(title)), socket=escape(socket), font_size=size)
            return web.Response(text=page, content_type="text/html")

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """A visitor: their program runs until it ends or they leave."""
            self._check(request)
            session = web.WebSocketResponse(heartbeat=15)
            await session.prepare(request)
            size = tuple(to_int(request.query.get(name, ""), usual) for name, usual in (("width", 80), ("height", 24)))
            program = ServedProgram(arguments, session.send_bytes, (size[0], size[1]))
            self._sessions.add(session)
            shows = asyncio.create_task(_shown(program, session))
            try:
                await self._process_messages(session, program)  # type: ignore[arg-type]  # it has what is called
            except (AssertionError, ValueError, TypeError, KeyError, IndexError):  # no message of our page
                await session.close()
            finally:
                self._sessions.discard(session)
                shows.cancel()
                await asyncio.shield(program.stop())
            return session

    return ProgramServer()


async def _shown(program: object, session: object) -> None:
    """Show what the program writes; once it has ended, hang up."""
    with contextlib.suppress(ConnectionError, RuntimeError):  # the page is gone
        await program.run()  # type: ignore[attr-defined]
    await session.close()  # type: ignore[attr-defined]
