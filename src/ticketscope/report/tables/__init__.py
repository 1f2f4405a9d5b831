"""Numbers behind figures and rendered tables, beside the paper's; nothing is drawn here."""
