"""What else the registers know of a building: its units, its installations, gas areas."""
