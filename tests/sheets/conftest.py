"""Screening of the published table, and what it should give."""

from __future__ import annotations

import pytest

from screening import assumptions


@pytest.fixture(scope="session")
def cowi():
    return assumptions.load("cowi-2022")
