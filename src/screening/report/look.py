"""Which colour stands for what in the report's figures."""

from __future__ import annotations

__all__ = ["BAR", "COMPONENTS", "GAIN_LOSS", "HEATING", "LOW_HIGH"]

HEATING = {"oil": "#c1502e", "gas": "#e3a72f", "heat_pump": "#2b7a78", "other": "#b7c3ca"}
COMPONENTS = {"energy": "#1f5673", "fixed": "#7fb1c9", "investment": "#e3a72f"}
GAIN_LOSS = ("#2b7a78", "#c1502e")
LOW_HIGH = ("#7fb1c9", "#1f5673")
BAR = "#1f5673"
