"""How alike the representations and the attention of two models are (section 5 of the paper).

The measures are here for notebooks: `from ticketscope.similarity import layer_sim`. Scripts import
from the module that has it, so that a change of one measure makes no other's results stale.
"""

from importlib import import_module

_HOMES = {
    "layers": ("layer_sim", "neuron_sim", "NeuronSim"),
    "spectra": ("spectrum", "Spectrum"),
    "attention": ("attention_sim", "attention_concentration"),
    "categories": ("category_sim", "frequency_bins"),
    "pair": ("compare", "compare_self"),
    "covariance": ("cross_covariances",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    """Import a measure when it is first asked for: the settings must not load torch."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
