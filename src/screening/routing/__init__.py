"""Where the trenches go: along streets, and from the street to the wall of each building."""

from screening.routing.route import REASONS, Route, route
from screening.routing.streets import Streets, allowed_roads, street_graph

__all__ = ["REASONS", "Route", "Streets", "allowed_roads", "route", "street_graph"]
