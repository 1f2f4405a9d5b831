"""Tickets for tools that know Hugging Face's Transformers and not fairseq."""
