"""How fast Staffroom is, as ratios within one run; and whether it survives being killed, again and again."""
