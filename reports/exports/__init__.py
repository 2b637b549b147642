"""Formats: each turns a report into the bytes of one file."""
