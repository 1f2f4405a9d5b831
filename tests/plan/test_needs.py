"""What jobs ask for follows from the experiment's size."""

import pytest
import yaml

from ticketscope.config import load
from ticketscope.plan.experiment import Plan
from ticketscope.plan.needs import need
from ticketscope.plan.resources import LONGEST, SHORTEST, request
from ticketscope.plan.scale import Scale


@pytest.fixture
def scale(root):
    def of(name: str, *overlays) -> Scale:
        files = [root / "config.yaml", root / f"config/{name}.yaml"]
        return Scale(Plan(load(*[path for path in files if path.exists()], *overlays)))

    return of


def test_the_papers_model_is_counted_to_the_weight(scale):
    paper = scale("wmt16")  # appendix A.2's totals
    assert paper.parameters == 209_911_808
    assert paper.parameters - paper.vocabulary * 1024 == 176_357_376


def test_a_checkpoint_is_as_large_as_measured(scale, root):
    import json

    measured = json.loads((root / "benchmarks/results/paper_cut.json").read_text())
    assert scale("wmt16").checkpoint / 1000 == pytest.approx(measured["checkpoint_gb"], rel=0.01)


def test_the_default_model_is_counted_within_its_dictionary(scale):
    # fairseq's own count for the default experiment: its dictionary has fewer types than merges.
    assert scale("toy").parameters == pytest.approx(396_000, rel=0.15)


def test_widths_are_the_architectures_where_the_config_names_none(scale, tmp_path):
    widths = "encoder-embed-dim: null, decoder-embed-dim: null, encoder-ffn-embed-dim: null"
    (tmp_path / "unnamed.yaml").write_text(
        f"model: {{arch: transformer_iwslt_de_en, overrides: {{{widths}}}}}"
    )
    iwslt = scale("toy", tmp_path / "unnamed.yaml")
    assert (iwslt.encoder.dim, iwslt.encoder.ffn, iwslt.decoder.dim) == (512, 1024, 512)


@pytest.mark.parametrize("rule", ["train_dense", "retrain", "represent", "prune", "compare_ticket"])
def test_more_of_everything_for_a_larger_model(scale, rule):
    job = {"seed": "1", "series": "magnitude", "k": "2"}
    small, large = (need(scale(name), rule, job) for name in ("toy", "wmt16"))
    assert large.minutes > small.minutes or rule == "prune"
    assert large.memory > 2 * small.memory


def test_training_time_follows_epochs_text_and_rewind(scale, tmp_path):
    (tmp_path / "more.yaml").write_text("training: {max_epoch: 120}")
    (tmp_path / "less.yaml").write_text("corpus: {limit: 450000}")
    (tmp_path / "late.yaml").write_text("rewinding: {point: 0.75}")

    def minutes(rule: str, *overlays) -> float:
        job = {"seed": "1", "series": "magnitude", "k": "1"}
        return need(scale("wmt16", *overlays), rule, job).minutes - 1

    base = minutes("train_dense")
    assert minutes("train_dense", tmp_path / "more.yaml") == pytest.approx(2 * base)
    assert minutes("train_dense", tmp_path / "less.yaml") == pytest.approx(base / 10, rel=0.01)
    assert minutes("retrain") == pytest.approx(base / 2)
    assert minutes("retrain", tmp_path / "late.yaml") == pytest.approx(base / 4)


def test_estimated_hours_are_batches_shared_by_the_devices(scale, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no training is finished
    (tmp_path / "two.yaml").write_text("training: {devices: 2, update_freq: 2}")
    one, two = scale("toy"), scale("toy", tmp_path / "two.yaml")
    # 6000 lines of 11.1 subwords, 20 times, in batches of 0.9 * 512 subwords and 0.1 seconds.
    assert need(one, "train_dense", {}).minutes == pytest.approx(1 + 20 * 145 * 0.1 / 60)
    assert need(two, "train_dense", {}).minutes == pytest.approx(1 + 20 * 145 * 0.05 / 60)


def test_files_that_stay_are_told_from_scratch(scale, tmp_path):
    (tmp_path / "points.yaml").write_text(
        "pruning: {iterations: 3}\nrewinding: {point: [0.5, 0.25, 0.75]}"
    )
    (tmp_path / "keep.yaml").write_text("representations: {keep: true}")
    base, points, keep = (
        scale("toy", *overlay)
        for overlay in ([], [tmp_path / "points.yaml"], [tmp_path / "keep.yaml"])
    )
    # A checkpoint at the end of each of three epochs that tickets rewind to, in place of one.
    disk = [need(each, "train_dense", {}).disk for each in (base, points)]
    assert disk[1] - disk[0] == pytest.approx(2 * base.checkpoint)
    read, kept = (need(each, "represent", {}) for each in (base, keep))
    assert (read.disk, kept.scratch) == (0, 0)
    assert kept.disk == read.scratch > 0


def test_heads_are_the_architectures_where_the_config_names_none(scale, tmp_path):
    heads = "encoder-attention-heads: null, decoder-attention-heads: null"
    (tmp_path / "unnamed.yaml").write_text(f"model: {{overrides: {{{heads}}}}}")
    named, unnamed = scale("wmt16"), scale("wmt16", tmp_path / "unnamed.yaml")
    assert named.config.model != unnamed.config.model
    assert need(named, "sensitivity", {"seed": "1"}) == need(unnamed, "sensitivity", {"seed": "1"})


def test_each_attempt_asks_for_more_until_the_longest(scale):
    expected = need(scale("multi30k"), "train_dense", {})
    first, second, third = (request(expected, attempt) for attempt in (1, 2, 3))
    assert first.runtime > SHORTEST  # else the next line compares nothing
    assert (second.runtime, third.runtime) == (2 * first.runtime, 3 * first.runtime)
    assert first.memory < second.memory < third.memory
    assert first.memory >= expected.memory
    long = need(scale("wmt16"), "train_dense", {})
    assert long.minutes > LONGEST
    assert request(long, 1).runtime == request(long, 5).runtime == LONGEST


def test_a_text_of_ones_own_is_as_long_as_its_file(scale, tmp_path):
    (tmp_path / "own.yaml").write_text(f"representations: {{texts: {{own: {tmp_path}/own.txt}}}}")
    job = {"seed": "1", "series": "magnitude", "k": "1", "text": "own"}
    needs = []
    for megabytes in (1, 1000):
        with (tmp_path / "own.txt").open("wb") as file:
            file.truncate(megabytes * 1_000_000)
        own = scale("wmt16", tmp_path / "own.yaml")
        needs.append({rule: need(own, rule, job) for rule in ("text_subwords", "represent_text")})
    small, large = needs
    assert large["represent_text"].scratch == pytest.approx(
        1000 * small["represent_text"].scratch, rel=0.01
    )
    assert large["represent_text"].minutes > 100 * small["represent_text"].minutes
    assert large["text_subwords"].memory > 10 * small["text_subwords"].memory


def test_comet_asks_for_its_model_and_all_translations(scale, tmp_path):
    comet = {"model": str(tmp_path / "model.ckpt"), "command": "true"}
    (tmp_path / "comet.yaml").write_text(yaml.safe_dump({"scoring": {"comet": comet}}))
    with (tmp_path / "model.ckpt").open("wb") as file:
        file.truncate(2_300_000_000)
    paper, small = (scale(name, tmp_path / "comet.yaml") for name in ("wmt16", "smoke"))
    first = request(need(paper, "comet", {}), 1)
    assert first.memory > 2 * 2300
    assert first.runtime > request(need(small, "comet", {}), 1).runtime


def test_an_lth0_is_budgeted_for_all_its_partners(scale, tmp_path):
    (tmp_path / "seeds.yaml").write_text("seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")
    ten = scale("wmt16", tmp_path / "seeds.yaml")

    def minutes(seed: int, series: str = "dense", k: int = 0) -> float:
        job = {"seed": str(seed), "series": series, "k": str(k)}
        return need(ten, "compare_ticket", job).minutes - need(ten, "compare_ticket", first).minutes

    first = {"seed": "1", "series": "dense", "k": "0"}
    # The last LTH0 is compared with nine others, an odd ticket with its LTH0 alone.
    assert minutes(10) == pytest.approx(9 * minutes(1, "magnitude", 1))


def test_a_probe_job_is_as_large_as_its_task(scale):
    paper = scale("wmt16")
    pos, role = (need(paper, "probe", {"part": f"{task}.mlp"}) for task in ("POS", "PS-Role"))
    assert pos.minutes > role.minutes
    assert pos.memory > 2 * role.memory


def test_features_of_pairs_are_three_vectors(scale):
    tasks = scale("wmt16").tasks
    pieces = {name: tasks[name].pieces for name in ("POS", "Coref", "SynPred", "SemClass")}
    assert pieces == {"POS": 1, "Coref": 3, "SynPred": 3, "SemClass": 3}


def test_contrasts_are_counted_by_the_bytes_of_their_sets(scale, tmp_path):
    """The real numbers are those of tests/behaviour/test_public_contrasts.py."""
    assert scale("toy").contrasts == 15 * 300  # phenomena, and behaviour.items
    for name, pairs in (("distil_lingeval", 6_150), ("distil_lingeval_agreement", 17_296)):
        overlay = tmp_path / f"{name}.yaml"
        overlay.write_text(f"contrasts: {{distil_lingeval: null, mt_geneval: null, x: {name}}}")
        paper = scale("wmt16", overlay)
        assert paper.contrasts == pytest.approx(pairs, rel=0.2)
        assert need(paper, "score_contrasts", {}).minutes > 10
    table = tmp_path / "mine.tsv"
    line = f"{'source ' * 20}\t{'correct ' * 20}\t{'wrong ' * 20}\tkind\n"
    table.write_text("source\tcorrect\tincorrect\tphenomenon\n" + 1000 * line)
    overlay.write_text(
        f"contrasts: {{distil_lingeval: null, mt_geneval: null, x: {{format: tsv, file: {table}}}}}"
    )
    assert scale("wmt16", overlay).contrasts == pytest.approx(1000, rel=0.2)


def test_the_vocabulary_of_tickets_trained_elsewhere_is_their_dictionarys(scale, tmp_path):
    for language, types in (("en", 20_000), ("de", 32_764)):
        (tmp_path / f"dict.{language}.txt").write_text("word 1\n" * types)
    (tmp_path / "codes").write_text("#version: 0.2\n")
    (tmp_path / "theirs.yaml").write_text(
        f"external_tickets: {{data: {tmp_path}, codes: {tmp_path}/codes, tickets: "
        f"[{{series: dense, k: 0, checkpoint: {tmp_path}/codes}}]}}"
    )
    assert scale("toy", tmp_path / "theirs.yaml").vocabulary == 32_764


def test_a_rule_of_which_nothing_is_known_is_small(scale):
    assert request(need(scale("wmt16"), "some_new_rule", {}), 1).runtime == SHORTEST
