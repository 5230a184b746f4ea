-- Writes registrations of new content if what they rest on is still so: locks, looks again, and stores, in one trip.
-- Item i of every array belongs to registration i; locks and references are slices of longer arrays.
-- Each statement sees what was committed before it (the function is volatile and the transaction READ COMMITTED), so
-- what is looked at after the locks were taken cannot change any more.
-- Plans are made once: made for the values of a call they would be made anew for each.
-- Outcomes: 0 written, 1 something moved, 2 to be written by itself, 3 the id is taken, 4 an id is needed,
-- 5 a lock is held elsewhere.
(
    in_times BIGINT[],
    in_contexts TEXT[], in_subjects TEXT[], in_heads BIGINT[], in_settings TEXT[], in_versions INTEGER[],
    in_ids INTEGER[], in_guids TEXT[], in_kinds TEXT[], in_texts TEXT[], in_refs TEXT[], in_metadata TEXT[],
    in_rule_sets TEXT[], in_only_live BOOLEAN[],
    in_lock_ends INTEGER[], in_lock_keys BIGINT[], in_lock_shared BOOLEAN[],
    in_target_ends INTEGER[], in_target_contexts TEXT[], in_target_subjects TEXT[], in_target_versions INTEGER[],
    in_target_contents TEXT[]
) RETURNS TABLE (outcome INTEGER, number INTEGER) LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan AS $function$
#variable_conflict use_column
DECLARE
    lock_start INTEGER := 1;
    target_start INTEGER := 1;
    target_first INTEGER;
    holder INTEGER;
    revision_now BIGINT;
    same BOOLEAN;
BEGIN
    FOR i IN 1 .. array_length(in_subjects, 1) LOOP
        outcome := NULL;
        number := NULL;
        holder := NULL;
        target_first := target_start;
        -- A lock that is held elsewhere is not waited for here: neighbours must not wait with it.
        IF NOT (
            SELECT bool_and(CASE WHEN wanted.shared THEN pg_try_advisory_xact_lock_shared(wanted.key)
                                 ELSE pg_try_advisory_xact_lock(wanted.key) END)
            FROM unnest(in_lock_keys[lock_start : in_lock_ends[i]], in_lock_shared[lock_start : in_lock_ends[i]])
                AS wanted (key, shared)
        ) THEN
            outcome := 5;
        END IF;
        lock_start := in_lock_ends[i] + 1;

        IF outcome IS NULL THEN
            SELECT s.revision INTO revision_now FROM subjects s
            WHERE s.context = in_contexts[i] AND s.name = in_subjects[i];
            IF coalesce(revision_now, 0) <> in_heads[i]
                OR {settings} <> in_settings[i]
                OR EXISTS (
                    SELECT 1
                    FROM unnest(in_target_contexts[target_start : in_target_ends[i]],
                                in_target_subjects[target_start : in_target_ends[i]],
                                in_target_versions[target_start : in_target_ends[i]],
                                in_target_contents[target_start : in_target_ends[i]])
                        AS target (context, subject, version, content)
                    WHERE NOT EXISTS (
                            SELECT 1 FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
                            WHERE v.context = target.context AND v.subject = target.subject
                              AND v.version = target.version AND NOT (in_only_live[i] AND v.deleted)
                              AND target.content = concat_ws(' ', s.id, s.guid,
                                  CASE WHEN s.refs = '[]' THEN 0 ELSE s.created_at END))
                       OR EXISTS (
                            SELECT 1 FROM associations a
                            WHERE a.context = target.context AND a.subject = target.subject AND a.lifecycle = 'STRONG'))
            THEN
                outcome := 1;
            END IF;
        END IF;
        target_start := in_target_ends[i] + 1;

        IF outcome IS NULL THEN
            -- Two lookups by whole keys: a join has plans that read every content of a context.
            SELECT f.id INTO holder FROM fingerprints f WHERE f.context = in_contexts[i] AND f.guid = in_guids[i];
            IF holder IS NULL THEN
                IF in_ids[i] IS NULL THEN
                    outcome := 4;
                ELSIF EXISTS (SELECT 1 FROM schemas s WHERE s.context = in_contexts[i] AND s.id = in_ids[i]) THEN
                    outcome := 3;
                END IF;
            ELSE
                SELECT s.kind = in_kinds[i] AND s.text = in_texts[i] AND s.refs = in_refs[i]
                    AND s.metadata IS NOT DISTINCT FROM in_metadata[i] AND s.rule_set IS NOT DISTINCT FROM in_rule_sets[i]
                INTO same
                FROM schemas s WHERE s.context = in_contexts[i] AND s.id = holder
                -- A deletion that may remove it is not waited for here either.
                FOR KEY SHARE SKIP LOCKED;
                -- What needs a closer look, because contents share a guid or a deleted twin makes way, is left to others.
                IF NOT FOUND OR NOT same OR EXISTS (
                    SELECT 1 FROM versions v
                    WHERE v.context = in_contexts[i] AND v.subject = in_subjects[i] AND v.schema_id = holder AND v.deleted)
                THEN
                    outcome := 2;
                END IF;
            END IF;
        END IF;

        IF outcome IS NULL THEN
            IF NOT EXISTS (SELECT 1 FROM contexts c WHERE c.name = in_contexts[i] AND c.known) THEN
                INSERT INTO contexts AS c (name, next_id, known) VALUES (in_contexts[i], 1, TRUE)
                ON CONFLICT (name) DO UPDATE SET known = TRUE WHERE NOT c.known;
            END IF;
            INSERT INTO subjects AS s (context, name, revision) VALUES (in_contexts[i], in_subjects[i], 1)
            ON CONFLICT (context, name) DO UPDATE SET revision = s.revision + 1
            RETURNING s.revision INTO revision_now;
            IF holder IS NULL THEN
                holder := in_ids[i];
                INSERT INTO schemas (context, id, guid, kind, text, refs, metadata, rule_set, created_at)
                VALUES (in_contexts[i], in_ids[i], in_guids[i], in_kinds[i], in_texts[i], in_refs[i], in_metadata[i],
                        in_rule_sets[i], in_times[i]);
                INSERT INTO fingerprints (context, guid, id) VALUES (in_contexts[i], in_guids[i], in_ids[i]);
                INSERT INTO schema_references
                    (context, schema_id, position, target_context, target_subject, target_version)
                SELECT in_contexts[i], in_ids[i], target.place - 1, target.context, target.subject, target.version
                FROM unnest(in_target_contexts[target_first : in_target_ends[i]],
                            in_target_subjects[target_first : in_target_ends[i]],
                            in_target_versions[target_first : in_target_ends[i]])
                    WITH ORDINALITY AS target (context, subject, version, place);
            END IF;
            INSERT INTO versions (context, subject, version, schema_id, deleted, ts, created_at, created_by, revision)
            VALUES (in_contexts[i], in_subjects[i], in_versions[i], holder, FALSE, in_times[i], in_times[i], NULL, revision_now);
            number := holder;
            outcome := 0;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$function$
