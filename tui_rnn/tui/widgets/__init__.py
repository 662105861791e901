"""The panels: data in, drawing out. None of them knows a trainer."""
