"""What joins the rooms for those who run them: the nightly run, its pages, deliveries, the trail, health."""
