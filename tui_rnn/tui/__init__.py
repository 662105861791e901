"""The live screen: a Textual app that shows what the worker tells and posts what the keys ask for."""
