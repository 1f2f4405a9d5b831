"""English: words, constituents and their gold annotation."""
