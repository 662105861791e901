"""Painters: what an instrument has seen, put onto a grid of cells. None of them knows a widget or a run."""
