-- Contents, once per context; what an id means never changes.
CREATE TABLE schemas (
    context TEXT NOT NULL,
    id INTEGER NOT NULL,
    guid TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    refs TEXT NOT NULL,
    metadata TEXT,
    rule_set TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (context, id)
);

CREATE INDEX schemas_by_guid ON schemas (guid, context, id);

-- Which id answers for a content: imports may give one content several ids, so this is a table of its own.
CREATE TABLE fingerprints (
    context TEXT NOT NULL,
    guid TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (context, guid),
    FOREIGN KEY (context, id) REFERENCES schemas (context, id) ON DELETE CASCADE
);

CREATE INDEX fingerprints_by_id ON fingerprints (context, id);

-- What a schema refers to, with the subject resolved to its context.
CREATE TABLE schema_references (
    context TEXT NOT NULL,
    schema_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    target_context TEXT NOT NULL,
    target_subject TEXT NOT NULL,
    target_version INTEGER NOT NULL,
    PRIMARY KEY (context, schema_id, position),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id) ON DELETE CASCADE
);

CREATE INDEX schema_references_by_target ON schema_references (target_context, target_subject, target_version);

-- Next id of each context; a context is known from its first registration until it is deleted.
CREATE TABLE contexts (
    name TEXT NOT NULL PRIMARY KEY,
    next_id INTEGER NOT NULL,
    known BOOLEAN NOT NULL
);

-- The head of each subject: its revision moves with every write under the subject and never goes back.
CREATE TABLE subjects (
    context TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (context, name)
);

-- `revision` is the subject's at the last write of the row: it orders writes.
CREATE TABLE versions (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    schema_id INTEGER NOT NULL,
    deleted BOOLEAN NOT NULL,
    ts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (context, subject, version),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id),
    FOREIGN KEY (context, subject) REFERENCES subjects (context, name)
);

CREATE INDEX versions_by_schema ON versions (context, schema_id, created_at);

-- Settings; an empty subject stands for the whole context, in the default context for the registry.
CREATE TABLE configs (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (context, subject)
);

CREATE TABLE modes (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    mode TEXT NOT NULL,
    PRIMARY KEY (context, subject)
);

-- Which subject holds the schemas of a resource's keys or values.
CREATE TABLE associations (
    resource_id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    association_type TEXT NOT NULL,
    resource_namespace TEXT NOT NULL,
    resource_name TEXT NOT NULL,
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    guid TEXT NOT NULL,
    lifecycle TEXT NOT NULL,
    frozen BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (resource_id, resource_type, association_type)
);

CREATE INDEX associations_by_subject ON associations (context, subject);

CREATE INDEX associations_by_name ON associations (resource_name, resource_namespace);
