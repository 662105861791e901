"""The disk: system calls in one place, files that are whole or not there, and folders that stay the same one."""
