"""Resampling, trends and corrections: what any table's numbers may be judged by."""
