"""How alike the representations and the attention of two models are (section 5 of the paper).

The public measures, for notebooks: `from ticketscope.similarity import layer_sim`. Scripts import
from the defining module, so that a change of one measure makes no other measure's results stale.
"""

from importlib import import_module

_NAMES = {
    "layers": ("layer_sim", "neuron_sim", "NeuronSim"),
    "spectra": ("spectrum", "Spectrum"),
    "attention": ("attention_sim", "attention_concentration"),
    "categories": ("category_sim", "frequency_bins"),
    "pair": ("compare", "compare_self"),
    "covariance": ("cross_covariances",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}
__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    """Import a measure on first use: reading the settings must not load torch."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
