"""The front end without a screen: one module for each thing it can be asked to do."""
