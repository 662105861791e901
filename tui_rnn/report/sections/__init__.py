"""The sections of a report, each a generator of blocks from a run."""
