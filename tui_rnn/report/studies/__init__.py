"""What the report of a study has beside that of any sweep: its questions answered, its table and its figure."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from tui_rnn.report.document import Block, Heading, Paragraph, Strong
from tui_rnn.report.studies.part import Part
from tui_rnn.report.sweep_record import SweepRecord


def part_of(record: SweepRecord) -> Part | None:
    """The part of a study's report; None of another sweep, or where its user varied other options than it does."""
    study = record.study
    if study is None or record.answer.best is None or not set(study.varied) <= set(record.plan.varied):
        return None
    make = cast("Callable[[SweepRecord], Part]", import_module(f"tui_rnn.report.studies.{study.name}").part)
    return make(record)


def answered(record: SweepRecord, part: Part) -> list[Block]:
    """The questions of the study with their answers, and what stands behind those."""
    assert record.study is not None
    blocks: list[Block] = [Heading("The questions")]
    for question, reply in zip(record.study.questions, part.answers, strict=True):
        blocks.append(Paragraph.of(Strong(question), " ", reply))
    return [*blocks, *part.blocks]
