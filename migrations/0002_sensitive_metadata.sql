-- A start looks for sensitive metadata to seal: what it costs depends on those, not on the number of contents.
CREATE INDEX schemas_with_sensitive_metadata ON schemas (context, id) WHERE metadata LIKE '%"sensitive":%';
