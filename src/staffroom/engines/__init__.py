"""DuckDB and Spark, each opened the one way."""
