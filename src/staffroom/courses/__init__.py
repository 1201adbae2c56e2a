"""A course as its teacher sees it: pages of questions with answers, and the data API."""
