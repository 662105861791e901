"""The header: the run's progress over the whole width, and its figures below it as tiles that are whole or absent."""
