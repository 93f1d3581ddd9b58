"""Collective green heat for oil- and gas-heated towns, screened town by town."""

__version__ = "0.1.0"
