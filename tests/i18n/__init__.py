"""Languages: sentences, values, and what people type."""
