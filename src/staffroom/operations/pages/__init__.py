"""One file a page, for administrators: runs, deliveries, rejects, the trail, settings, health."""
