"""The module invoicereconciliation (2.3.0)."""
