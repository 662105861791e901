"""Sweeps: many runs on one text, here or on a cluster, and what their losses say of the settings. No front end."""
