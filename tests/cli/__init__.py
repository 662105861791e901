"""The command line's contract: names, defaults, exit codes, one line a fault."""
