"""Health and units: what was found in the network while it trained and in its saved models, and what units follow."""

from collections.abc import Iterator, Sequence

from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Table
from tui_rnn.report.inside import Inside
from tui_rnn.report.run_record import RunRecord
from tui_rnn.wording import unit_number


def health(run: RunRecord, seen: Sequence[Inside]) -> Iterator[Block]:
    """What was found while it trained, and how its models are."""
    yield Heading("Health", 3)
    if run.log.findings:
        yield Paragraph.of("Found while it trained, each told once:")
        rows: list[tuple[Inline, ...]] = [
            (f"{found.step:,}", found.message, found.remedy) for found in run.log.findings.values()
        ]
        yield Table("Findings", ("update", "what was found", "what to do, or what follows"), tuple(rows))
    for each in seen:
        said = "; ".join(found.what[:1].lower() + found.what[1:] for found in each.findings)
        if said:
            yield Paragraph.of(f"In the {each.name} model, after update {each.step:,}: {said}.")


def units(seen: Sequence[Inside]) -> Iterator[Block]:
    """What the units of the best model follow."""
    ranked = seen[0].units
    if not ranked.rows:
        return
    yield Heading("What units follow", 3)
    yield Paragraph.of(
        f"Correlations over {ranked.characters:,} characters: of the one unit that follows a feature best, and of a "
        "ridge regression on all units. Unit and regression are chosen on one half of the text, the figures are of the "
        "other."
    )
    rows: list[tuple[Inline, ...]] = [
        (row.feature, unit_number(row.unit, ranked.m, ranked.layers), _figure(row.one, "+.2f"), _figure(row.all, ".2f"))
        for row in ranked.rows
    ]
    yield Table(f"Units of the {seen[0].name} model", ("feature", "unit", "this unit", "all units"), tuple(rows))


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form).replace("-", "−")
