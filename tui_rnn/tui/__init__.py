"""The live screen: a Textual app that shows what the worker posts, and posts to it what the keys ask for."""

import os

# Textual paints on a beat that the effect of a key waits for: with 120 a second instead of 60 the median of a key that
# changes a word fell from 16 to 9 ms. Between two looks there is nothing to paint. Textual reads it when imported.
os.environ.setdefault("TEXTUAL_FPS", "120")
