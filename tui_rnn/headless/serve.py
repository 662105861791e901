"""`tui-rnn serve`: the screen in a browser, at an address that is this machine's own unless another is given."""

import asyncio
import contextlib
import errno
import importlib.util
import signal
import socket
import sys
from collections.abc import Sequence
from ipaddress import ip_address

from tui_rnn import stdio
from tui_rnn.engine.errors import ConfigError, InputError
from tui_rnn.engine.extras import install_command
from tui_rnn.safe_text import safe_text

_SECONDS_TO_END = 15  # that the programs are given together, which save their runs, before they are left to themselves


def serve(host: str, port: int, arguments: Sequence[str]) -> int:
    """Serve `tui-rnn` with these arguments until a signal comes; 128 + its number.

    Raises ConfigError for an address that cannot be used, and InputError where textual-serve is missing.
    """
    if not 0 <= port <= 65_535:
        raise ConfigError(f"--port {port} cannot be used: give a whole number from 0 to 65535")
    if not host:
        raise ConfigError("--host needs an address, such as 127.0.0.1, or 0.0.0.0 for all of this machine's")
    if arguments and arguments[0] == "serve":
        raise ConfigError("serve cannot be served: give a text, or a command with a screen, such as view RUN")
    if sys.platform == "win32":
        raise InputError("serve needs pseudo-terminals, which Windows has none of: use it under WSL")
    if any(importlib.util.find_spec(name) is None for name in ("textual_serve", "aiohttp")):
        raise InputError(f"serve needs textual-serve: {install_command('web')}")
    try:
        return asyncio.run(_served(host, port, arguments))
    except OSError as error:
        reason = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise ConfigError(f"--host {host} --port {port} cannot be served at ({reason}): give another") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


async def _served(host: str, port: int, arguments: Sequence[str]) -> int:
    """Serve until INT, TERM or HUP comes; 128 + its number."""
    from aiohttp import web

    from tui_rnn.headless.site import Site

    came: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(number: int) -> None:
        if not came.done():
            came.set_result(number)

    site = Site(arguments, of_this_machine_alone=is_loopback(host))
    runner = web.AppRunner(site.app, access_log=None, shutdown_timeout=_SECONDS_TO_END)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        name, shown_port = runner.addresses[0][:2]
        if not is_loopback(host):
            stdio.write_stderr(
                f"tui-rnn: warning: everyone with the address below who reaches {safe_text(host, one_line=True)} can "
                "press this program's keys: it trains, reads and writes as you, and nothing is encrypted\n"
            )
        if ip_address(name).is_unspecified:  # all addresses of this machine
            name = socket.gethostname()
        shown = f"[{name}]" if ":" in name else safe_text(name, one_line=True)
        print(f"tui-rnn is at http://{shown}:{shown_port}{site.path} until ctrl+c", flush=True)
        return 128 + await came
    finally:
        await runner.cleanup()
