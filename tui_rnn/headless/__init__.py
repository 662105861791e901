"""The front end without a screen: one module for each command."""
