"""The run directory, its log, and one process's session with it."""
