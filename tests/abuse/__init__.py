"""What no user does, done on purpose: hostile texts, and keys, sizes and terminals of all kinds."""
