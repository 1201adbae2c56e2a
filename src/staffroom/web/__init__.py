"""What pages and endpoints are made of: sections, tables, charts and their faces. No tables of its own."""
