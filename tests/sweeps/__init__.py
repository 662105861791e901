"""Sweeps: what is planned, trained, and made of it."""
