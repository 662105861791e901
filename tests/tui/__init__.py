"""The live screen, fed with made-up events, and a few times with a real run."""
