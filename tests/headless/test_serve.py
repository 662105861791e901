"""The screen in a browser: to whom the page is given, and the real program on the other end of its socket."""

import asyncio
import importlib.util
import json
import os
import re
import signal
import socket
import sys

import pytest

from tests.cli.support import SECONDS, SMALL, is_one_line, running
from tui_rnn import cli, isolation
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.extras import install_command
from tui_rnn.headless import serve

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
pytest.importorskip("fcntl", reason="Windows has no pseudo-terminals")

from aiohttp.test_utils import TestClient, TestServer  # noqa: E402  # once they are there

from tui_rnn.headless import site  # noqa: E402
from tui_rnn.headless.served import ServedProgram  # noqa: E402


class Program:
    """Stands for a program on a pseudo-terminal: notes what is done to it."""

    def __init__(self, arguments, show):
        self.done, self.show, self.has_ended = [arguments], show, asyncio.Event()
        Program.newest = self

    async def run(self):
        await self.show(b"\x1b[1mhello")
        await self.has_ended.wait()

    async def type(self, data):
        self.done.append(data)

    def resize(self, columns, rows):
        self.done.append((columns, rows))

    async def stop(self):
        self.done.append("stop")


@pytest.fixture
async def visit(monkeypatch):
    """A client of a site that shows `tui-rnn view <b>`, and the path of its page."""
    monkeypatch.setattr(site, "ServedProgram", Program)
    shown = site.Site(["view", "<b>\x1b"], of_this_machine_alone=True)
    async with TestClient(TestServer(shown.app)) as client:
        yield client, shown.path


async def test_the_page_loads_from_its_own_address_alone(visit):
    client, path = visit
    async with client.get(path, params={"fontsize": "20"}) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert "<title>tui-rnn view &#x27;&lt;b&gt;" in page
    assert "\x1b" not in page
    address = f"{client.host}:{client.port}"
    assert f'data-session-websocket-url="ws://{address}{path}ws" data-font-size="20"' in page
    links = re.findall(r"""(?:src=|href=|url\()"([^"]*)""", page)
    assert len(links) >= 5
    for link in links:
        assert link.startswith(("/static/", "data:")) or link in ("begin.js", "")
        if link and not link.startswith("data:"):
            async with client.get(link if link[0] == "/" else path + link) as answer:
                assert answer.status == 200
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert set(re.findall(r"\w+://[^ ;]+", policy)) == {f"ws://{address}{path}ws"}


@pytest.mark.parametrize(("asked", "size"), [("", "16"), ("0", "16"), ("61", "16"), ("60", "60"), ('9"', "16")])
async def test_a_size_that_cannot_be_used_is_passed_over(visit, asked, size):
    client, path = visit
    async with client.get(path, params={"fontsize": asked}) as answer:
        assert f'data-font-size="{size}"' in await answer.text()


async def test_pages_of_other_sites_and_those_without_the_key_are_refused(visit):
    client, path = visit
    own = f"{client.host}:{client.port}"
    refused = [
        (path, {"Origin": "http://evil.example"}),
        (path, {"Origin": "null"}),
        (path, {"Host": "evil.example", "Origin": "http://evil.example"}),  # a name that leads to this machine
        (path, {"Host": f"evil.example:{client.port}"}),
        (path, {"Origin": f"http://{client.host}:1"}),  # another program of this machine
        ("/", {}),
    ]
    for where, headers in refused:
        async with client.get(where, headers=headers) as answer:
            assert answer.status == 403, headers
    other = "y" if path[-2] == "x" else "x"  # keys are random, and one of 64 ends in x
    for where in ("/ws", f"{path[:-2]}{other}/ws", "/static/../", "/static/"):
        async with client.get(where) as answer:
            assert answer.status in (403, 404)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{path}ws", headers={"Origin": "http://evil.example"})
    for headers in ({}, {"Origin": f"http://{own}"}):
        async with client.get(path, headers=headers) as answer:
            assert answer.status == 200
    keys = {site.Site([], of_this_machine_alone=True).path for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) >= 14 for key in keys)


@pytest.mark.parametrize(
    ("origin", "host", "of_this_machine_alone", "expected"),
    [
        (None, "localhost:8000", True, True),
        ("http://localhost:8000", "localhost:8000", True, True),
        ("http://[::1]:8000", "[::1]:8000", True, True),
        ("http://lab.example:8000", "lab.example:8000", True, False),
        ("http://lab.example:8000", "lab.example:8000", False, True),
        ("https://evil.example", "lab.example:8000", False, False),
        ("http://[", "localhost:8000", True, False),
        (None, "[", True, False),
    ],
)
def test_our_own_page_is_told_from_others(origin, host, of_this_machine_alone, expected):
    assert site.is_own(origin, host, of_this_machine_alone) is expected


async def test_what_the_page_says_is_done_and_what_it_would_not_say_is_passed_over(visit):
    client, path = visit
    async with client.ws_connect(f"{path}ws") as socket:
        assert await socket.receive_bytes(timeout=SECONDS) == b"\x1b[1mhello"
        for strange in (
            "",
            "{",
            "[" * 9999,
            "[]",
            "5",
            '["stdin"]',
            '["stdin", 5]',
            '["resize", {"width": "8"}]',
            '["x"]',
        ):
            await socket.send_str(strange)
        await socket.send_bytes(b"\x00")
        await socket.send_json(["focus"])
        await socket.send_json(["stdin", "é\ud800\x03"])
        await socket.send_json(["resize", {"width": 100, "height": 30}])
        await socket.send_json(["ping", "17"])
        assert await socket.receive_json(timeout=SECONDS) == ["pong", "17"]
        program = Program.newest
        assert program.done == [("view", "<b>\x1b"), "é?\x03".encode(), (100, 30)]
        program.has_ended.set()
        assert (await socket.receive(SECONDS)).type is aiohttp.WSMsgType.CLOSE
    for _ in range(100):
        if program.done[-1] == "stop":
            break
        await asyncio.sleep(0.01)
    assert program.done[-1] == "stop"


async def test_a_program_hears_that_its_terminal_is_gone_even_where_the_server_was_killed(monkeypatch):
    """The kernel hangs up on a process whose controlling terminal it is."""
    code = "import os; os.close(os.open('/dev/tty', os.O_RDWR)); os.write(1, b'it has one'); os.read(0, 1)"
    monkeypatch.setattr(isolation, "command", lambda *_: ([sys.executable, "-c", code], dict(os.environ)))
    written = asyncio.Queue()
    program = ServedProgram([], written.put)
    shows = asyncio.create_task(program.run())
    assert await asyncio.wait_for(written.get(), SECONDS) == b"it has one"
    shows.cancel()
    await program.stop()


async def until(socket, words: bytes, seen: bytes = b"") -> bytes:
    """What the program has drawn once these words are there."""
    while words not in seen:
        seen += (await socket.receive(SECONDS)).data
    return seen


async def test_a_run_in_the_browser_ends_with_a_checkpoint_when_its_page_is_closed(tale, tmp_path):
    options = (*SMALL, "--steps", "1000000", "--run", "one")
    with running("serve", "--host", "0.0.0.0", "--port", "0", tale, *options, cwd=tmp_path) as server:
        said = server.stdout.readline().decode()
        name, where = re.fullmatch(r"tui-rnn is at http://(\S+):(\d+/\S+/) until ctrl\+c\n", said).groups()
        assert name == socket.gethostname()
        address = f"http://127.0.0.1:{where}"
        async with aiohttp.ClientSession() as client:
            async with client.ws_connect(f"{address}ws") as page:
                await page.send_json(["resize", {"width": 100, "height": 30}])
                seen = await until(page, b"TRAINING")
                await page.send_json(["stdin", "?"])
                seen = await until(page, b"You are in", seen)  # the page of help
                assert b"\x1b[30;" in seen  # the lowest row
                assert b"\x1b[31;" not in seen
            for _ in range(SECONDS * 20):
                log = (tmp_path / "one" / "events.jsonl").read_text().splitlines()
                if '"done"' in log[-1]:
                    break
                await asyncio.sleep(0.05)
            done = json.loads(log[-1])
            assert (done["event"], done["reason"], done["saved"]) == ("done", "signal", True)
            assert load(tmp_path / "one" / "checkpoints" / "last.ckpt").state.step == done["step"] > 0
            async with client.ws_connect(f"{address}ws") as page:  # the next visitor's program refuses the same run
                await until(page, b"already holds a run")
        server.send_signal(signal.SIGINT)
        assert server.wait(SECONDS) == 130
        assert server.stdout.read() == b""
        warned = server.stderr.read().decode()
    assert is_one_line(warned)
    assert warned.startswith("tui-rnn: warning: everyone with the address below who reaches 0.0.0.0 can press")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "65536"], "from 0 to 65535"),
        (["--port", "x"], "--port"),
        (["serve", "tale.txt"], "cannot be served"),
        (["--host", "256.1.1.1"], "cannot be served at"),
        (["--host", ""], "--host needs an address"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(command, arguments, words):
    answer = command("serve", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert words in answer.err


def test_without_the_extra_the_remedy_is_named(command, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "textual_serve" else found(name))
    answer = command("serve")
    assert answer.code == 2
    assert answer.err == f"tui-rnn: serve needs textual-serve: {install_command('web')}\n"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("lab", False)],
)
def test_an_address_of_this_machine_alone_is_known(host, expected):
    assert serve.is_loopback(host) is expected


def test_the_address_is_this_machine_s_own_unless_another_is_given():
    host, port = (option.default for option in cli.command_line.commands["serve"].params[:2])
    assert serve.is_loopback(host)
    assert port == 8000


def test_a_port_that_is_taken_is_named(command):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = command("serve", "--port", port)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"tui-rnn: --host 127.0.0.1 --port {port} cannot be served at (it is taken): give another\n"
