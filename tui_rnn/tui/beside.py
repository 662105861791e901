"""The curve of the run that a branch or twin is to be seen beside: read in a thread, then laid over the chart."""

from functools import partial
from typing import Any

from textual.screen import Screen

from tui_rnn.runs.course import course_beside
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.manifest import Manifest
from tui_rnn.tui.messages import CourseRead


def lay_over(screen: Screen[Any], directory: RunDirectory, manifest: Manifest) -> None:
    """Have that curve posted to the screen of this run; of a run that stands alone nothing is read."""
    if manifest.beside is not None:
        read = partial(_read, screen, directory, manifest)
        screen.run_worker(read, thread=True, exit_on_error=False, group="beside")


def _read(screen: Screen[Any], directory: RunDirectory, manifest: Manifest) -> None:
    course = course_beside(directory, manifest)
    if course is not None and course.steps:
        screen.post_message(CourseRead(course))
