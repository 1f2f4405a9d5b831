"""What tickets cost, in a sentence (docs/steps/cost.md)."""

import pandas as pd

TABLES = ("cost", "speed")


def headline(cost: pd.DataFrame, speed: pd.DataFrame) -> str:
    """What the sparsest ticket saves in multiplications, bytes and time; means over seeds.

    Args:
        cost: tables/cost.csv.
        speed: tables/speed.csv.
    """
    last = cost.loc[[cost["nonzero"].idxmin()], ["series", "k"]]
    ticket = cost.merge(last, on=["series", "k"])
    name = f"{ticket['series'].iloc[0]} {ticket['ticket'].iloc[0]}"
    multiplied = [
        f"{_percent(ticket[f'macs_{side}'] / ticket[f'macs_{side}_dense'])} of the "
        f"multiplications of a {side} subword"
        for side in ("source", "target")
    ]
    stored = _percent(ticket["bytes_bitmask"] / ticket["bytes_dense"])
    kept = _percent(ticket["nonzero"] / ticket["parameters"])
    timed = speed.merge(last, on=["series", "k"])
    seconds = timed.pivot_table(index="side", columns="kernel", values="seconds")
    sentence = (
        f"{name} keeps {kept} of all parameters. It would need {multiplied[0]} and "
        f"{multiplied[1]}, and takes {stored} of the bytes."
    )
    if seconds.empty:
        return sentence
    ratio = seconds["csr"] / seconds["dense"]
    return (
        f"{sentence} With torch's sparse products, its encoder takes {ratio['encoder']:.1f} times "
        f"and its decoder {ratio['decoder']:.1f} times as long as with dense ones, on one core of "
        f"{' or '.join(timed['processor'].unique())}."
    )


def _percent(shares: pd.Series) -> str:
    return f"{100 * shares.mean():.0f} %"
