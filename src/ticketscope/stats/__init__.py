"""Resampling, means over seeds and corrections: what any table's numbers may be judged by."""
