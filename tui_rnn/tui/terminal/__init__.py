"""What a terminal is and does: its modes and keys, job control, its encoding, and that it may go away."""
