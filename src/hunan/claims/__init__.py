"""The ledger of published claims."""
