"""Who is to be supplied: the customers of every area as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Customers"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Customers:
    """Customers of every area; arrays are (area,) or, where assumptions are drawn, (draw, area).

    Parameters
    ----------
    areas
        Names, in the order of the arrays.
    oil_count, gas_count
        Customers by the boiler they have. [1]
    oil_heat_mwh, gas_heat_mwh
        Heat delivered to them. [MWh/year]
    heated_area_m2
        Their heated area. [m2]
    area_km2
        The trimmed area. [km2]
    business_share, public_share
        Shares of the customers; the rest are dwellings. [1]
    trench_m
        Length of the distribution network, missing where it is not known. [m]
    transmission_m
        Length of the pipe between plant and town, missing where it is not known. [m]
    link_m
        Pipe that joins several areas into one network. [m]
    heat_production_dkk_per_mwh
        Cost of making heat from a model of operation, missing where there is none. [DKK/MWh]
    network_dkk
        Price of the network laid out along the roads, missing where there is none. [DKK]
    network_heat_loss_mwh
        Heat loss of that network without its service lines. [MWh/year]
    """

    areas: pd.Index
    oil_count: FloatArray
    gas_count: FloatArray
    oil_heat_mwh: FloatArray
    gas_heat_mwh: FloatArray
    heated_area_m2: FloatArray
    area_km2: FloatArray
    business_share: FloatArray
    public_share: FloatArray
    trench_m: FloatArray
    transmission_m: FloatArray
    link_m: FloatArray
    heat_production_dkk_per_mwh: FloatArray
    network_dkk: FloatArray
    network_heat_loss_mwh: FloatArray

    @property
    def count(self) -> FloatArray:
        """All customers [1]; whole ones stay whole, however they are parted by fuel."""
        return np.asarray(np.round(self.oil_count + self.gas_count, 9), float)

    @property
    def heat_mwh(self) -> FloatArray:
        """Heat delivered to all of them [MWh/year]."""
        return self.oil_heat_mwh + self.gas_heat_mwh

    def times(self, share: npt.ArrayLike, heat_factor: npt.ArrayLike = 1.0) -> Customers:
        """Make the same area with more or fewer customers, average ones.

        Parameters
        ----------
        share
            Customers against now, broadcast over the areas. [1]
        heat_factor
            Heat of each customer against now. [1]

        Returns
        -------
        Customers
            Network and pipes are as long as before.
        """
        share, heat = np.asarray(share, float), np.asarray(share, float) * np.asarray(heat_factor, float)
        return replace(
            self,
            oil_count=self.oil_count * share,
            gas_count=self.gas_count * share,
            oil_heat_mwh=self.oil_heat_mwh * heat,
            gas_heat_mwh=self.gas_heat_mwh * heat,
            heated_area_m2=self.heated_area_m2 * share,
        )

    def like(self, share: npt.ArrayLike) -> Customers:
        """Make a larger or smaller area of the same density and the same customers.

        Parameters
        ----------
        share
            Customers, area and network against now. [1]

        Returns
        -------
        Customers
            Only the pipe to the plant and the links are as long as before.
        """
        share = np.asarray(share, float)
        return replace(
            self.times(share),
            area_km2=self.area_km2 * share,
            trench_m=self.trench_m * share,
            network_dkk=self.network_dkk * share,
            network_heat_loss_mwh=self.network_heat_loss_mwh * share,
        )
