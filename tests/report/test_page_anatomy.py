"""The section on what makes a ticket."""

import pandas as pd

from tests.report.page_parts import CLAIMS, FIGURES, write
from ticketscope.report import titles
from ticketscope.report.page.cost import headline

ANATOMY = titles.MASKS | titles.ANATOMY | titles.COST
OURS = CLAIMS.loc[[0]].assign(
    id="allocation-share", section="What makes a ticket", sentence="Shuffled is above random."
)


def cost_tables():
    keys = {"seed": [1, 1, 2, 2], "series": ["dense", "magnitude"] * 2}
    keys |= {"ticket": ["LTH0", "LTH3"] * 2, "k": [0, 3] * 2}
    cost = pd.DataFrame(
        keys
        | {
            "parameters": 1000,
            "nonzero": [1000, 300] * 2,
            "macs_source": [100, 10, 100, 30],
            "macs_source_dense": 100,
            "macs_target": [100, 50, 100, 50],
            "macs_target_dense": 100,
            "bytes_dense": 4000,
            "bytes_bitmask": [4100, 1300] * 2,
        }
    )
    rows = [
        {"seed": seed, "series": series, "ticket": ticket, "k": k, "side": side}
        | {"kernel": kernel, "seconds": seconds, "processor": "Abacus"}
        for seed, series, ticket, k in zip(*keys.values(), strict=True)
        for side, kernel, seconds in [
            ("encoder", "dense", 2.0), ("encoder", "csr", 3.0 if k else 9.0),
            ("decoder", "dense", 1.0), ("decoder", "csr", 0.5 if k else 9.0),
        ]
    ]  # fmt: skip
    return cost, pd.DataFrame(rows)


def page(folder, figures):
    cost, speed = cost_tables()
    (folder / "tables").mkdir()
    for name, table in {"cost": cost, "speed": speed, "extension_claims": OURS}.items():
        table.to_csv(folder / f"tables/{name}.csv", index=False)
    return write(folder, figures=figures).read_text()


def section(text):
    return text.split('<section id="anatomy">')[1].split("</section>")[0]


def test_the_section_has_its_claims_its_figures_and_what_tickets_cost(tmp_path):
    text = page(tmp_path, (*FIGURES, *ANATOMY))
    shown = section(text)
    assert 'href="#anatomy"' in text
    assert "Shuffled is above random." in shown
    assert "Against LTH0" not in shown and "Difference" in shown
    for name in ANATOMY:
        assert f'<figure id="{name}">' in shown
    assert shown.index("dead_units") < shown.index("segments") < shown.index("cost_bytes")
    assert "Cost: do zeros save space or time?" in shown and "on one core of Abacus" in shown


def test_an_experiment_without_these_figures_has_no_such_section(tmp_path):
    text = page(tmp_path, FIGURES)
    assert 'id="anatomy"' not in text and "Cost: do zeros save space or time?" not in text


def test_the_sparsest_ticket_is_told_of_in_means_over_seeds():
    cost, speed = cost_tables()
    assert headline(cost, speed) == (
        "magnitude LTH3 keeps 30 % of all parameters. It would need 20 % of the multiplications "
        "of a source subword and 50 % of the multiplications of a target subword, and takes 32 % "
        "of the bytes. With torch's sparse products, its encoder takes 1.5 times and its decoder "
        "0.5 times as long as with dense ones, on one core of Abacus."
    )


def test_seeds_that_were_timed_on_other_processors_are_told_of_all():
    cost, speed = cost_tables()
    speed.loc[speed["seed"] == 2, "processor"] = "Curta"
    assert headline(cost, speed).endswith("on one core of Abacus or Curta.")


def test_a_ticket_that_was_not_timed_has_no_time():
    cost, speed = cost_tables()
    assert headline(cost, speed[speed["k"] == 0]).endswith("32 % of the bytes.")
