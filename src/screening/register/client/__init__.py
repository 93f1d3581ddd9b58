"""Fetching the register from its file service."""
