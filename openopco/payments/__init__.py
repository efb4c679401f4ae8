"""Payment orders, batches of credit transfers, what the bank answers."""
