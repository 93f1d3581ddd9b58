"""Fetching from public services: ask politely, write whole or not at all. No service is named here."""

from screening.web.files import alone, write_json, write_text
from screening.web.http import Answer, Attempts, Connection, DownloadError, Hidden, Service

__all__ = [
    "Answer",
    "Attempts",
    "Connection",
    "DownloadError",
    "Hidden",
    "Service",
    "alone",
    "write_json",
    "write_text",
]
