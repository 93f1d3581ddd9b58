"""Communities and density of the whole country, on workers, in pieces that are kept."""

from screening.workbench.national.result import NationalRun, load_national
from screening.workbench.national.run import national_communities

__all__ = ["NationalRun", "load_national", "national_communities"]
