"""Titles of the figures, by file name: all that building the DAG needs of them."""

CLAIMS = {"forest": "Effects of the paper's claims, as in the paper and at equal training"}

BLEU = {"bleu_sparsity": "BLEU against sparsity"}

SPARSITY = {
    "figure_a1": "Sparsity of fully connected layers",
    "figure_a2": "Sparsity of attention, by kind and layer",
    "sparsity_heatmap": "Sparsity of every module",
}

PROBING = {
    "figure_1": "Best layer of each ticket, linear probes",
    "figure_2": "Best layer of each ticket, MLP probes",
    "figure_3": "Layers of each ticket, syntactic and semantic tasks",
    "figure_a3": "Layers of each ticket, POS tagging",
    "probe_scores_linear": "Scores of linear probes against sparsity",
    "probe_scores_mlp": "Scores of MLP probes against sparsity",
    "codelength": "Online codelength of arc prediction",
    "probe_trends": "Trend of each task with sparsity",
}

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
    "similarity_baseline": "Similarity with LTH0, against LTH0s of other seeds",
    "categories": "Final encoder layer, by category of token",
    "attention_concentration": "Attention with more than 0.95 of its mass on one token",
}

# Of experiments that have a contrast set.
CONTRASTS = {
    "contrasts_kept": "BLEU and contrasts kept, by sparsity",
    "contrasts_probes": "Change of contrasts beside change of probes",
    "contrast_margins": "How clearly the correct translation is preferred",
}

# Behaviour beyond BLEU.
BEHAVIOUR = CONTRASTS | {
    "words_by_frequency": "F1 of words, by their frequency in training",
    "bleu_by_length": "BLEU, by the length of the sentence",
    "flips": "Items that flip, whatever the mean does",
    "predictions": "How far predictions and translations depart from LTH0's",
}
ERASURE = {"erasure": "What tickets do without a task"}
MASKS = {
    "mask_overlap": "Overlap of masks above chance",
    "mask_overlap_modules": "Overlap of masks above chance, by module",
    "dead_units": "Dead neurons and heads, and the rank that is left",
}

# Where tickets lie beside each other, and what they need of themselves.
SEGMENTS = {
    "segments": "Loss on the way from one ticket to another",
    "barriers": "Barriers between tickets",
}
SENSITIVITY = {"sensitivity": "Sensitivity of modules"}
ANATOMY = SEGMENTS | SENSITIVITY

COST = {
    "cost_bytes": "Bytes of a ticket, by format",
    "cost_speed": "Time of sparse products beside dense ones",
}
