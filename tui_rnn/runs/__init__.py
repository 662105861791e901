"""Run directories: make, lock, fill, find and resume them. They know the engine and no front end."""
