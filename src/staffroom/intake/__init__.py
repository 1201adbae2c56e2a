"""Files in, rows out: folders with a ledger of deliveries, whatever arrives twice, cut or late."""
