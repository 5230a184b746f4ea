-- Writes a registration of new content if what it rests on is still so: looks again, and stores, in one visit of the
-- connection. What was decided stands in a table of the connection itself, which no disk sees; every statement after
-- the first one asks it. Outcomes: 0 written, 1 something moved, 2 to be written by itself, 3 no id is left.
SAVEPOINT job;

INSERT OR REPLACE INTO temp.decision (one, outcome, id, fresh)
SELECT 1,
    CASE
        WHEN coalesce((SELECT s.revision FROM subjects s WHERE s.context = $1 AND s.name = $2), 0) <> $3
            OR {settings} <> $4
            OR EXISTS (
                SELECT 1 FROM json_each($13) AS target
                WHERE NOT EXISTS (
                        SELECT 1 FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
                        WHERE v.context = target.value ->> 0 AND v.subject = target.value ->> 1
                          AND v.version = target.value ->> 2 AND NOT ($14 AND v.deleted)
                          AND target.value ->> 3 = s.id || ' ' || s.guid || ' ' ||
                              CASE WHEN s.refs = '[]' THEN 0 ELSE s.created_at END)
                   OR EXISTS (
                        SELECT 1 FROM associations a
                        WHERE a.context = target.value ->> 0 AND a.subject = target.value ->> 1
                          AND a.lifecycle = 'STRONG'))
            THEN 1
        -- What needs a closer look, because contents share a guid or a deleted twin makes way, is left to others.
        WHEN holder.id IS NOT NULL AND (NOT holder.same OR EXISTS (
                SELECT 1 FROM versions v
                WHERE v.context = $1 AND v.subject = $2 AND v.schema_id = holder.id AND v.deleted))
            THEN 2
        WHEN holder.id IS NULL AND coalesce(counter.next_id, 1) >= 2147483647 THEN 3
        ELSE 0
    END,
    coalesce(holder.id, counter.next_id, 1),
    holder.id IS NULL
FROM (SELECT 1)
LEFT JOIN (
    SELECT s.id, s.kind = $7 AND s.text = $8 AND s.refs = $9 AND s.metadata IS $10 AND s.rule_set IS $11 AS same
    FROM fingerprints f JOIN schemas s ON s.context = f.context AND s.id = f.id
    WHERE f.context = $1 AND f.guid = $6
) AS holder ON TRUE
LEFT JOIN (SELECT c.next_id FROM contexts c WHERE c.name = $1) AS counter ON TRUE;

INSERT INTO contexts (name, next_id, known)
SELECT $1, 1 + d.fresh, TRUE FROM temp.decision d WHERE d.outcome = 0
ON CONFLICT (name) DO UPDATE SET next_id = contexts.next_id + excluded.next_id - 1, known = TRUE
WHERE excluded.next_id > 1 OR NOT contexts.known;

INSERT INTO subjects (context, name, revision)
SELECT $1, $2, 1 FROM temp.decision d WHERE d.outcome = 0
ON CONFLICT (context, name) DO UPDATE SET revision = subjects.revision + 1;

INSERT INTO schemas (context, id, guid, kind, text, refs, metadata, rule_set, created_at)
SELECT $1, d.id, $6, $7, $8, $9, $10, $11, $12 FROM temp.decision d WHERE d.outcome = 0 AND d.fresh;

INSERT INTO fingerprints (context, guid, id)
SELECT $1, $6, d.id FROM temp.decision d WHERE d.outcome = 0 AND d.fresh;

INSERT INTO schema_references (context, schema_id, position, target_context, target_subject, target_version)
SELECT $1, d.id, target.key, target.value ->> 0, target.value ->> 1, target.value ->> 2
FROM temp.decision d, json_each($13) AS target WHERE d.outcome = 0 AND d.fresh;

-- A subject's revision never goes back: it is one more than the one that was just compared.
INSERT INTO versions (context, subject, version, schema_id, deleted, ts, created_at, created_by, revision)
SELECT $1, $2, $5, d.id, FALSE, $12, $12, NULL, $3 + 1 FROM temp.decision d WHERE d.outcome = 0;

SELECT d.outcome, d.id FROM temp.decision d;

RELEASE SAVEPOINT job;
