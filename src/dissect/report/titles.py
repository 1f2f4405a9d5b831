"""Titles of the figures, by file name: all that building the DAG needs of them."""

SIMILARITY = {
    "figure_4": "NeuronSim of each layer with LTH0",
    "figure_5": "Encoder LayerSim, dense and sparse",
    "figure_6": "Encoder self-attention, dense and sparse",
    "figure_a4": "How far each neuron moves from its counterpart in LTH0",
    "figure_a5": "LayerSim of each layer with LTH0",
    "figure_a6": "Decoder LayerSim, dense and sparse",
    "figure_a7": "Spectra of the final layers",
    "figure_a8": "Encoder-decoder and decoder self-attention, dense and sparse",
    "figure_a9": "LayerSim of all layers of even tickets",
    "figure_a10": "AttentionSim of all layers of even tickets",
    "figure_a11": "Decoder self-attention of all layers of even tickets",
    "categories": "Final encoder layer, by category of token",
    "attention_concentration": "Attention with more than 0.95 of its mass on one token",
}
