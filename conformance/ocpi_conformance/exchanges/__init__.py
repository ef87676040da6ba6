"""HTTP exchanges: sent, recorded, checked, and kept to be repeated."""
