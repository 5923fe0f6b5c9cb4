"""The database: operators' changes, as-run log, incidents, processes, recordings. The only SQL."""
