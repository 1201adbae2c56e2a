"""What it adds up to: one small SQL file a metric, written once, run on DuckDB or Spark."""
