"""Quicker updates do what fairseq's do: Adam and the loss to rounding, dropout in law."""

from types import SimpleNamespace

import pytest
import torch
from fairseq.criterions.label_smoothed_cross_entropy import label_smoothed_nll_loss
from fairseq.modules.fairseq_dropout import FairseqDropout
from fairseq.optim.adam import Adam

from ticketscope.upstream import fairseq_updates
from ticketscope.upstream.fairseq_updates import _compute_loss, _drop, _step, _step_each

SHAPES = [(7, 5), (5,), (3, 2, 4), (1,)]


def adam_after(step, steps=5, betas=(0.9, 0.98), **options):
    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(shape, generator=generator).requires_grad_() for shape in SHAPES]
    optimizer = Adam(weights, lr=1e-2, betas=betas, **options)
    for _ in range(steps):
        for weight in weights[:-1]:  # the last is never used, and has no gradient
            weight.grad = torch.randn(weight.shape, generator=generator)
        step(optimizer)
    moments = [value for state in optimizer.state.values() for value in state.values()]
    return [w.detach() for w in weights], moments


@pytest.mark.parametrize(
    "options", [{}, {"weight_decay": 0.1}, {"eps": 1e-3}, {"betas": (0.8, 0.9)}]
)
def test_adam_takes_the_same_steps(options):
    weights, moments = adam_after(_step, **options)
    expected_weights, expected_moments = adam_after(_step_each, **options)

    torch.testing.assert_close(weights, expected_weights, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(moments, expected_moments, rtol=1e-5, atol=1e-6)


def test_what_the_fused_adam_cannot_do_is_left_to_fairseq():
    ours, theirs = adam_after(_step, amsgrad=True), adam_after(_step_each, amsgrad=True)

    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def losses(logits, target, *, quick, scale=1.0):
    """Loss, negative log likelihood and the gradient of scale x loss by the logits."""
    logits = logits.clone().requires_grad_()
    if quick:
        criterion = SimpleNamespace(eps=0.1, padding_idx=1, ignore_prefix_size=0)
        model = SimpleNamespace(
            decoder=SimpleNamespace(adaptive_softmax=None),
            get_targets=lambda sample, output: sample["target"],
        )
        loss, nll = _compute_loss(criterion, model, [logits], {"target": target})
    else:
        log_probabilities = logits.log_softmax(-1).flatten(0, 1)
        loss, nll = label_smoothed_nll_loss(
            log_probabilities, target.flatten(), 0.1, ignore_index=1
        )
    (scale * loss).backward()
    return loss.detach(), nll.detach(), logits.grad


@pytest.mark.parametrize("size", [1.0, 30.0, 500.0])
@pytest.mark.parametrize("scale", [1.0, 128.0])
def test_loss_and_gradient_are_those_of_fairseq(size, scale):
    generator = torch.Generator().manual_seed(2)
    logits = size * torch.randn((4, 6, 50), generator=generator)
    target = torch.randint(2, 50, (4, 6), generator=generator)
    target[1, 3:] = target[3, 1:] = 1  # padding

    loss, nll, gradient = losses(logits, target, quick=True, scale=scale)
    expected = losses(logits, target, quick=False, scale=scale)

    torch.testing.assert_close(loss, expected[0], rtol=1e-5, atol=0)
    torch.testing.assert_close(nll, expected[1], rtol=1e-5, atol=0)
    torch.testing.assert_close(gradient, expected[2], rtol=1e-4, atol=1e-6 * scale)
    assert not gradient[1, 3:].any()


def test_what_the_quick_loss_cannot_do_is_left_to_fairseq(monkeypatch):
    asked = []
    monkeypatch.setattr(
        fairseq_updates, "_loss_of_log_probabilities", lambda *arguments: asked.append(arguments)
    )
    model = SimpleNamespace(decoder=SimpleNamespace(adaptive_softmax=object()))
    criterion = SimpleNamespace(eps=0.1, padding_idx=1, ignore_prefix_size=0)

    _compute_loss(criterion, model, [torch.zeros(1, 1, 5)], {})

    assert len(asked) == 1


@pytest.mark.parametrize("p", [0.1, 0.3, 0.9])
@pytest.mark.parametrize("shape", [(1001, 303), (3,)])
def test_dropout_drops_a_share_p_of_independent_elements(p, shape):
    torch.manual_seed(3)
    dropout = FairseqDropout(p)
    x = torch.ones(shape, requires_grad=True)

    y = _drop(dropout, x)
    y.sum().backward()

    assert torch.equal(x.grad, y.detach())
    kept = y.detach()[y > 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - p)))
    if y.numel() > 1000:
        dropped = y.detach().eq(0).double().flatten()
        error = (p * (1 - p) / y.numel()) ** 0.5
        assert dropped.mean() == pytest.approx(p, abs=4 * error)
        for lag in (1, 2, 3, 4, 303):  # four elements come from one draw
            both = (dropped[lag:] * dropped[:-lag]).mean()
            assert both == pytest.approx(p * p, abs=4 * error)


def test_dropout_follows_the_seed_and_rests_in_evaluation():
    dropout, x = FairseqDropout(0.5), torch.ones(100)

    torch.manual_seed(4)
    first = _drop(dropout, x)
    torch.manual_seed(4)
    assert torch.equal(_drop(dropout, x), first)
    assert not torch.equal(_drop(dropout, x), first)
    assert torch.equal(_drop(dropout.eval(), x), x)


def test_the_norm_of_all_gradients_is_the_norm_of_all_elements():
    gradients = [torch.randn(shape) for shape in SHAPES]

    norm = torch.nn.utils.get_total_norm(gradients)

    assert norm == pytest.approx(torch.cat([g.flatten() for g in gradients]).norm().item())
