"""Who signs in, in which role, for which courses; the audit trail of what they saw. No pages."""
