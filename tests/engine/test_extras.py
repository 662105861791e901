"""The command that installs an extra is one for the install at hand."""

import json
import os
import sys
from importlib import metadata

import pytest

from tui_rnn.engine.extras import install_command


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """As if this were installed by what a direct_url.json says, with an interpreter beneath the current folder."""
    monkeypatch.chdir(tmp_path)
    python = os.path.join(".venv", "bin", "python")
    monkeypatch.setattr(sys, "executable", str(tmp_path / python))

    def install(record):
        info = tmp_path / "tui_rnn-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: tui-rnn\nVersion: 0.1.0\n")
        if record is not None:
            (info / "direct_url.json").write_text(record)
        monkeypatch.setattr(metadata, "distribution", lambda name: metadata.PathDistribution(info))
        return f"{python} -m pip install "

    return install


def editable(folder):
    return json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}})


@pytest.mark.parametrize("record", [None, "{", "[]", '{"url": "file:///x", "dir_info": {}}', '{"dir_info": null}'])
def test_of_a_wheel_the_package_is_named(installed, record):
    begin = installed(record)
    assert install_command("report") == begin + "'tui-rnn[report]'"


def test_of_a_clone_its_folder_is_named_and_here_a_dot(installed, tmp_path, monkeypatch):
    begin = installed(editable(tmp_path))
    assert install_command("report") == begin + "-e '.[report]'"
    elsewhere = tmp_path / "a text's"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert install_command("web").startswith(str(tmp_path / ".venv"))
    assert install_command("web").endswith(f" -m pip install -e '{tmp_path}[web]'")


def test_an_interpreter_that_a_shell_finds_is_called_by_its_name(installed, tmp_path, monkeypatch):
    installed(None)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / ".venv" / "bin"))
    assert install_command("report") == "python -m pip install 'tui-rnn[report]'"
