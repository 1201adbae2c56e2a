"""The registry's pages: students, batches, errors, eligibility. For registrars only."""
