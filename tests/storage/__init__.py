"""Writing and reading files."""
