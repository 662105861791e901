"""The recurrences, one a file: what a model runs over the sequence between its input and its readout."""
