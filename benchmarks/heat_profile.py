"""The heat profile fitted on one half of a measured series and tested on the other, beside others' shapes.

Heat ab værk of Billund, hourly, February 2025 to June 2026, and DMI's weather of the same hours, in the
folder of real files (SCREENING_REAL_DATA or the argument). The rule stands in docs/heat-profile.md, written
before the fit.
Prints the score of each half and, with --parameters, the fitted rows as they stand in the assumptions.

    .venv/bin/python benchmarks/heat_profile.py [FOLDER] [--fit] [--parameters] [--picture FILE]
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from screening import assumptions
from screening.demand.profile import HeatShape, heat_parts, usual_radiation

HEAT = "heat_billund_2025_2026.csv.gz"
AREAS = ("weather_dmi_vestkyst_2023_2026.csv.gz", "weather_dmi_fyn_2023_2026.csv.gz")
OTHER_TOWN = "copenhagen_2020_heat_temp_price_co2.csv.gz"  # two transmission networks, temperature alone
LONGEST_GAP = 6  # hours
WARM_UP = pd.Timedelta(days=30)
WAVES = 3
LOSS_OF_FLAT = 0.5  # assumed: hot water and loss cannot be told apart by their sum
# R2 by hour, highest hour over highest measured: as others' shapes scored on this series.
PUBLISHED = {
    "BDEW one-family house, class 3": (0.737, 1.31),
    "BDEW one-family house, class 10": (0.757, 1.28),
    "BDEW flats, class 3": (0.803, 1.04),
    "BDEW trade, total (GHD)": (0.816, 1.29),
    "BDEW public (GKO)": (0.839, 1.21),
}


def series(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path)
    return table.set_index(pd.DatetimeIndex(pd.to_datetime(table.pop("utc"), utc=True)))


def read(folder: Path) -> tuple[pd.Series, pd.DataFrame, pd.Series]:
    """Measured heat; weather without gaps from a month before; which measured hours are scored."""
    heat = series(folder / HEAT)["heat_mw"]
    areas = [series(folder / name)[["temp_c", "ghi_w_m2"]] for name in AREAS]
    mean = pd.concat(areas).groupby(level=0).mean()  # of those that are there
    hours = pd.date_range(heat.index[0] - WARM_UP, heat.index[-1], freq="h", tz="UTC")
    mean = mean.reindex(hours)
    gap = mean.isna().any(axis=1)
    run = gap.groupby((~gap).cumsum()).transform("sum")
    scored = (~gap | (run <= LONGEST_GAP)).reindex(heat.index)
    return heat, mean.interpolate(limit_direction="both"), scored


def halves(heat: pd.Series) -> dict[str, pd.DatetimeIndex]:
    middle = len(heat) // 2
    return {"first": heat.index[:middle], "second": heat.index[middle:]}


def waves(coefficients: np.ndarray) -> np.ndarray:
    """Rhythm over the day with mean 1."""
    angle = 2 * np.pi * (np.arange(24) + 0.5) / 24
    turns = [f((k + 1) * angle) for k in range(WAVES) for f in (np.cos, np.sin)]
    return 1.0 + coefficients @ np.array(turns)


def shape_of(vector: np.ndarray, start: HeatShape) -> HeatShape:
    limit, spread, inertia, direct, sun, flat = vector[1:7]
    rhythms = [waves(c) for c in np.split(vector[7:], 3)]
    return replace(
        start,
        limit_c=limit,
        spread_k=spread,
        inertia_hours=inertia,
        direct_share=direct,
        sun_k_m2_per_w=sun,
        hot_water_k=(1 - LOSS_OF_FLAT) * flat,
        loss_k=LOSS_OF_FLAT * flat,
        room_rhythm=rhythms[0],
        weekday_rhythm=rhythms[1],
        weekend_rhythm=rhythms[2],
    )


def fit(heat: pd.Series, weather: pd.DataFrame, hours: pd.DatetimeIndex) -> tuple[float, HeatShape]:
    """MW per kelvin and the shape with the least squares over some hours."""
    start = HeatShape.from_assumptions(assumptions.load())
    guess = np.concatenate([[1.0, 17.0, 5.0, 20.0, 0.5, 0.02, 4.0], np.zeros(6 * WAVES)])
    weather = weather.loc[: hours[-1]]
    place = weather.index.get_indexer(hours)
    measured = heat[hours].to_numpy()

    def residual(vector: np.ndarray) -> np.ndarray:
        parts = heat_parts(weather["temp_c"], weather["ghi_w_m2"], shape_of(vector, start))
        return vector[0] * parts.to_numpy().sum(axis=1)[place] - measured

    low = np.concatenate([[0.01, 5, 0, 0.5, 0, 0, 0], np.full(6 * WAVES, -1.0)])
    high = np.concatenate([[100, 30, 20, 300, 1, 0.1, 50], np.full(6 * WAVES, 1.0)])
    scale = np.concatenate([[1, 5, 5, 10, 0.3, 0.01, 3], np.full(6 * WAVES, 0.1)])
    found = least_squares(residual, guess, bounds=(low, high), x_scale=scale).x
    return float(found[0]), shape_of(found, start)


def peers(weather: pd.DataFrame) -> dict[str, pd.Series]:
    """Heating degrees below 17 C, of the day's mean and of the hour; scored with a quarter flat."""
    air = weather["temp_c"]
    return {
        "HDD17 of the day + 25 % flat": (17.0 - air.resample("D").transform("mean")).clip(lower=0),
        "HDD17 of the hour + 25 % flat": (17.0 - air).clip(lower=0),
    }


def scores(measured: pd.Series, model: pd.Series) -> dict[str, float]:
    error = model - measured
    july = measured.index.month == 7
    return {
        "R2": 1 - (error**2).sum() / ((measured - measured.mean()) ** 2).sum(),
        "nRMSE": np.sqrt((error**2).mean()) / measured.mean(),
        "peak": model.max() / measured.max(),
        "July": model[july].sum() / model.sum(),
        "July measured": measured[july].sum() / measured.sum(),
    }


def board(heat: pd.Series, models: dict[str, pd.Series], hours: pd.DatetimeIndex) -> pd.DataFrame:
    """Each model scaled to the measured heat of the hours, and its scores."""
    measured = heat[hours]
    rows = {}
    for name, model in models.items():
        here = model[hours]
        if name.startswith("HDD17"):
            here = 0.75 * here / here.sum() + 0.25 / len(here)
        rows[name] = scores(measured, here * measured.sum() / here.sum())
    return pd.DataFrame(rows).T


def models_of(weather: pd.DataFrame, shapes: dict[str, HeatShape]) -> dict[str, pd.Series]:
    hours = pd.DatetimeIndex(weather.index)
    usual = usual_radiation(hours, assumptions.load())
    found = {
        name: heat_parts(weather["temp_c"], weather["ghi_w_m2"], s).sum(axis=1) for name, s in shapes.items()
    }
    found |= {
        f"{name}, temperature alone": heat_parts(weather["temp_c"], usual, s).sum(axis=1)
        for name, s in shapes.items()
    }
    return found | peers(weather)


def other_town(folder: Path) -> tuple[pd.Series, dict[str, pd.Series]]:
    """Measured heat of Copenhagen's networks where heat and temperature are known; the models there."""
    table = series(folder / OTHER_TOWN)
    weather = (
        table[["air_temp_c"]].rename(columns={"air_temp_c": "temp_c"}).interpolate(limit_direction="both")
    )
    hours = pd.DatetimeIndex(weather.index)
    shape = HeatShape.from_assumptions(assumptions.load())
    usual = usual_radiation(hours, assumptions.load())
    ours = heat_parts(weather["temp_c"], usual, shape).sum(axis=1)
    known = table.dropna(subset=["heat_ctr_veks_mw", "air_temp_c"])
    return known["heat_ctr_veks_mw"], {"ours, temperature alone": ours} | peers(weather)


def rows_of(shape: HeatShape) -> str:
    """The fitted rows as they stand in the assumptions."""
    single = {
        "heat_profile_limit_c": round(shape.limit_c, 2),
        "heat_profile_spread_k": round(shape.spread_k, 2),
        "heat_profile_inertia_hours": round(shape.inertia_hours, 1),
        "heat_profile_direct_share": round(shape.direct_share, 3),
        "heat_profile_sun_k_m2_per_w": round(shape.sun_k_m2_per_w, 4),
        "heat_profile_hot_water_k": round(shape.hot_water_k, 2),
        "heat_profile_loss_k": round(shape.loss_k, 2),
    }
    tables = {
        "heat_profile_room_factor": shape.room_rhythm,
        "heat_profile_weekday_factor": shape.weekday_rhythm,
        "heat_profile_weekend_factor": shape.weekend_rhythm,
    }
    lines = [f"{name},,{value}" for name, value in single.items()]
    return "\n".join(
        lines + [f"{n},{h},{v:.3f}" for n, factors in tables.items() for h, v in enumerate(factors)]
    )


def draw(heat: pd.Series, model: pd.Series, hours: pd.DatetimeIndex, path: Path) -> None:
    """A winter week and the duration curve of the half that nothing was fitted to."""
    measured = heat[hours]
    ours = model[hours] * measured.sum() / model[hours].sum()
    coldest = measured.rolling(168).sum().idxmax()
    week = slice(coldest - pd.Timedelta(hours=167), coldest)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), width_ratios=[3, 2], layout="constrained")
    for series_, colour, name in ((measured, "black", "measured"), (ours, "tab:red", "modelled")):
        local = series_[week].tz_convert("Europe/Copenhagen").tz_localize(None)
        left.plot(local.index, local, color=colour, label=name, linewidth=1.6)
        right.plot(np.sort(series_)[::-1], color=colour, label=name, linewidth=1.6)
    left.set(ylabel="heat ab værk, MW", title="The week of most heat", ylim=(0, None))
    left.xaxis.set_major_formatter(mdates.DateFormatter("%-d %b"))
    right.set(
        xlabel="hours",
        title=f"Duration, {hours[0]:%b %Y} to {hours[-1]:%b %Y}",
        ylim=(0, None),
        xlim=(0, None),
    )
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    right.legend(frameon=False)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", default=os.environ.get("SCREENING_REAL_DATA"), help="folder of the real files"
    )
    parser.add_argument(
        "--fit", action="store_true", help="fit both ways round, beside the shipped parameters"
    )
    parser.add_argument(
        "--parameters", action="store_true", help="only fit on the first half and print the rows"
    )
    parser.add_argument("--picture", type=Path, help="draw the second half to this file")
    asked = parser.parse_args()
    heat, weather, scored = read(Path(asked.folder) / "series")
    parts = halves(heat)
    if asked.parameters:
        power, shape = fit(heat, weather, parts["first"][scored[parts["first"]]])
        print(rows_of(shape), f"\nscale {power:.3f} MW/K")
        print(board(heat, models_of(weather, {"first half": shape}), parts["first"]).round(3).to_string())
        return
    shapes = {"ours": HeatShape.from_assumptions(assumptions.load())}
    if asked.fit:
        for name, hours in parts.items():
            shapes[f"fitted on the {name} half"] = fit(heat, weather, hours[scored[hours]])[1]
    models = models_of(weather, shapes)
    if asked.picture:
        draw(heat, models["ours"], parts["second"][scored[parts["second"]]], asked.picture)
    for name, hours in {**parts, "whole": heat.index}.items():
        kept = hours[scored[hours]]
        print(f"\n{name}: {kept[0]:%Y-%m-%d} to {kept[-1]:%Y-%m-%d}, {len(kept)} hours of {len(hours)}")
        print(board(heat, models, kept).round(3).to_string())
    measured, models = other_town(Path(asked.folder) / "series")
    print(f"\nCopenhagen 2020, another network, nothing fitted to it, {len(measured)} hours")
    print(board(measured, models, measured.index).round(3).to_string())
    print("\nPublished on the whole series (R2, peak):")
    for name, (fit_r2, peak) in PUBLISHED.items():
        print(f"  {name}: {fit_r2:.3f}, {peak:.2f}")


if __name__ == "__main__":
    main()
