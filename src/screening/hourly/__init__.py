"""Series hour by hour in UTC: prices, weather, heat; from files and from public services."""
