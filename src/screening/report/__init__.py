"""The reports: notebooks rendered to one page per area, in batches."""

from screening.report.batch import Outcome, make_reports, render_area, render_overview

__all__ = ["Outcome", "make_reports", "render_area", "render_overview"]
