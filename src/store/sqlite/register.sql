-- How SQLite writes registrations of new content, made on the connection that writes. What is inserted into
-- `registrations` is written row by row, if what it rests on is still so: a program inside the database that looks
-- again and stores, so that all registrations that wait are one statement. What became of each stands in `outcomes`,
-- which no disk sees: 0 written, 1 something moved, 2 to be written by itself, 3 no id is left.
CREATE TEMP TABLE IF NOT EXISTS outcomes (
    place INTEGER PRIMARY KEY,
    outcome INTEGER NOT NULL,
    id INTEGER NOT NULL,
    fresh BOOLEAN NOT NULL
);

CREATE TEMP VIEW IF NOT EXISTS registrations (
    place, context, subject, head, settings, version, guid, kind, text, refs, metadata, rule_set, ts, targets, only_live
) AS SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;

CREATE TEMP TRIGGER IF NOT EXISTS register INSTEAD OF INSERT ON registrations
BEGIN
    INSERT OR REPLACE INTO outcomes (place, outcome, id, fresh)
    SELECT NEW.place,
        CASE
            WHEN coalesce((SELECT s.revision FROM subjects s WHERE s.context = NEW.context AND s.name = NEW.subject), 0) <> NEW.head
                OR {settings} <> NEW.settings
                OR EXISTS (
                    SELECT 1 FROM json_each(NEW.targets) AS target
                    WHERE NOT EXISTS (
                            SELECT 1 FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
                            WHERE v.context = target.value ->> 0 AND v.subject = target.value ->> 1
                              AND v.version = target.value ->> 2 AND NOT (NEW.only_live AND v.deleted)
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
                    WHERE v.context = NEW.context AND v.subject = NEW.subject AND v.schema_id = holder.id AND v.deleted))
                THEN 2
            WHEN holder.id IS NULL AND coalesce(counter.next_id, 1) >= 2147483647 THEN 3
            ELSE 0
        END,
        coalesce(holder.id, counter.next_id, 1),
        holder.id IS NULL
    FROM (SELECT 1)
    LEFT JOIN (
        SELECT s.id,
            s.kind = NEW.kind AND s.text = NEW.text AND s.refs = NEW.refs AND s.metadata IS NEW.metadata
                AND s.rule_set IS NEW.rule_set AS same
        FROM fingerprints f JOIN schemas s ON s.context = f.context AND s.id = f.id
        WHERE f.context = NEW.context AND f.guid = NEW.guid
    ) AS holder ON TRUE
    LEFT JOIN (SELECT c.next_id FROM contexts c WHERE c.name = NEW.context) AS counter ON TRUE;

    INSERT INTO contexts (name, next_id, known)
    SELECT NEW.context, 1 + o.fresh, TRUE FROM outcomes o WHERE o.place = NEW.place AND o.outcome = 0
    ON CONFLICT (name) DO UPDATE SET next_id = contexts.next_id + excluded.next_id - 1, known = TRUE
    WHERE excluded.next_id > 1 OR NOT contexts.known;

    INSERT INTO subjects (context, name, revision)
    SELECT NEW.context, NEW.subject, 1 FROM outcomes o WHERE o.place = NEW.place AND o.outcome = 0
    ON CONFLICT (context, name) DO UPDATE SET revision = subjects.revision + 1;

    INSERT INTO schemas (context, id, guid, kind, text, refs, metadata, rule_set, created_at)
    SELECT NEW.context, o.id, NEW.guid, NEW.kind, NEW.text, NEW.refs, NEW.metadata, NEW.rule_set, NEW.ts
    FROM outcomes o WHERE o.place = NEW.place AND o.outcome = 0 AND o.fresh;

    INSERT INTO fingerprints (context, guid, id)
    SELECT NEW.context, NEW.guid, o.id FROM outcomes o WHERE o.place = NEW.place AND o.outcome = 0 AND o.fresh;

    INSERT INTO schema_references (context, schema_id, position, target_context, target_subject, target_version)
    SELECT NEW.context, o.id, target.key, target.value ->> 0, target.value ->> 1, target.value ->> 2
    FROM outcomes o, json_each(NEW.targets) AS target WHERE o.place = NEW.place AND o.outcome = 0 AND o.fresh;

    -- A subject's revision never goes back: it is one more than the one that was just compared.
    INSERT INTO versions (context, subject, version, schema_id, deleted, ts, created_at, created_by, revision)
    SELECT NEW.context, NEW.subject, NEW.version, o.id, FALSE, NEW.ts, NEW.ts, NULL, NEW.head + 1
    FROM outcomes o WHERE o.place = NEW.place AND o.outcome = 0;
END;
