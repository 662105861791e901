"""The benchmark: what this machine does with the engine, beside the literal tutorial loop and PyTorch."""
