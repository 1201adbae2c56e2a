"""What learners did: each LMS's records become one event table and dated course tables."""
