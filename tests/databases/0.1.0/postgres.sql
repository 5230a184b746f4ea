--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)




--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE _sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: associations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE associations (
    resource_id text NOT NULL,
    resource_type text NOT NULL,
    association_type text NOT NULL,
    resource_namespace text NOT NULL,
    resource_name text NOT NULL,
    context text NOT NULL,
    subject text NOT NULL,
    guid text NOT NULL,
    lifecycle text NOT NULL,
    frozen boolean NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);


--
-- Name: configs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE configs (
    context text NOT NULL,
    subject text NOT NULL,
    document text NOT NULL
);


--
-- Name: contexts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE contexts (
    name text NOT NULL,
    next_id integer NOT NULL,
    known boolean NOT NULL
);


--
-- Name: fingerprints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE fingerprints (
    context text NOT NULL,
    guid text NOT NULL,
    id integer NOT NULL
);


--
-- Name: modes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE modes (
    context text NOT NULL,
    subject text NOT NULL,
    mode text NOT NULL
);


--
-- Name: schema_references; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE schema_references (
    context text NOT NULL,
    schema_id integer NOT NULL,
    "position" integer NOT NULL,
    target_context text NOT NULL,
    target_subject text NOT NULL,
    target_version integer NOT NULL
);


--
-- Name: schemas; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE schemas (
    context text NOT NULL,
    id integer NOT NULL,
    guid text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    refs text NOT NULL,
    metadata text,
    rule_set text,
    created_at bigint NOT NULL
);


--
-- Name: subjects; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE subjects (
    context text NOT NULL,
    name text NOT NULL,
    revision bigint NOT NULL
);


--
-- Name: versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE versions (
    context text NOT NULL,
    subject text NOT NULL,
    version integer NOT NULL,
    schema_id integer NOT NULL,
    deleted boolean NOT NULL,
    ts bigint NOT NULL,
    created_at bigint NOT NULL,
    created_by text,
    revision bigint NOT NULL
);


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO _sqlx_migrations VALUES (1, 'registry', '2026-11-22 15:58:54.405762+00', true, '\x8cfafa02e5ac4d46ed6c4f936ac80fc7df840cf28585a8e0d4e2c5e8c860d9d67fd01a395fe1ef0bee6fd4105bb6210e', 190954416);


--
-- Data for Name: associations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO associations VALUES ('r-1', 'topic', 'value', 'lkc-1', 'payments', '.lkc-1', 'payments-value', 'd8e9308f-678b-4b3b-9adf-1906df5bdd42', 'STRONG', true, 1795363134956, 1795363134956);


--
-- Data for Name: configs; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO configs VALUES ('.', '', '{"compatibilityLevel":"FULL"}');
INSERT INTO configs VALUES ('.', 'users-value', '{"normalize":true,"compatibilityLevel":"BACKWARD_TRANSITIVE"}');
INSERT INTO configs VALUES ('.', 'clients', '{"alias":"users-value"}');


--
-- Data for Name: contexts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO contexts VALUES ('.team', 2, true);
INSERT INTO contexts VALUES ('.', 10, true);
INSERT INTO contexts VALUES ('.lkc-1', 2, true);


--
-- Data for Name: fingerprints; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO fingerprints VALUES ('.', 'b24494e1-ebc1-c751-c4e6-ab1ce30f6e90', 1);
INSERT INTO fingerprints VALUES ('.', '8ee7f4da-f800-2567-ded3-eb5c888b78fc', 2);
INSERT INTO fingerprints VALUES ('.', 'fbaa1c93-2a7a-fc5e-2765-06d8a21640aa', 3);
INSERT INTO fingerprints VALUES ('.', '83a23066-9d64-eabf-e46a-447aedd6da4a', 4);
INSERT INTO fingerprints VALUES ('.', 'ada55179-026d-07ff-f741-9182f1f16c58', 5);
INSERT INTO fingerprints VALUES ('.team', 'b24494e1-ebc1-c751-c4e6-ab1ce30f6e90', 1);
INSERT INTO fingerprints VALUES ('.', '095d71cf-1255-6b9d-5e33-0ad575b3df5d', 6);
INSERT INTO fingerprints VALUES ('.', 'ef524ea1-b91e-7317-3d93-8ade36c1db32', 7);
INSERT INTO fingerprints VALUES ('.', 'e1dd9a1e-f98b-451b-5369-0370b393966b', 8);
INSERT INTO fingerprints VALUES ('.lkc-1', 'bfc71a62-f38b-99d6-a936-90deeb4b3af6', 1);


--
-- Data for Name: modes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO modes VALUES ('.', 'orders-value', 'READONLY');


--
-- Data for Name: schema_references; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO schema_references VALUES ('.', 3, 0, '.', 'users-value', 2);


--
-- Data for Name: schemas; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO schemas VALUES ('.', 1, 'b24494e1-ebc1-c751-c4e6-ab1ce30f6e90', 'AVRO', '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}', '[]', NULL, NULL, 1795363134645);
INSERT INTO schemas VALUES ('.', 2, '8ee7f4da-f800-2567-ded3-eb5c888b78fc', 'AVRO', '{"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":"int","default":0}]}', '[]', NULL, NULL, 1795363134676);
INSERT INTO schemas VALUES ('.', 3, 'fbaa1c93-2a7a-fc5e-2765-06d8a21640aa', 'AVRO', '{"type":"record","name":"Order","fields":[{"name":"by","type":"User"}]}', '[{"name":"User","subject":"users-value","version":2}]', NULL, NULL, 1795363134704);
INSERT INTO schemas VALUES ('.', 4, '83a23066-9d64-eabf-e46a-447aedd6da4a', 'JSON', '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"name":{"type":"string"}}}', '[]', '{"tags":{"**.name":["PII"]},"properties":{"owner":"shop"}}', NULL, 1795363134723);
INSERT INTO schemas VALUES ('.', 5, 'ada55179-026d-07ff-f741-9182f1f16c58', 'PROTOBUF', 'syntax = "proto3";
package shop;

message Event {
  string id = 1;
}
', '[]', NULL, '{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"true","disabled":false}]}', 1795363134757);
INSERT INTO schemas VALUES ('.team', 1, 'b24494e1-ebc1-c751-c4e6-ab1ce30f6e90', 'AVRO', '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}', '[]', NULL, NULL, 1795363134781);
INSERT INTO schemas VALUES ('.', 6, '095d71cf-1255-6b9d-5e33-0ad575b3df5d', 'AVRO', '"string"', '[]', NULL, NULL, 1795363134797);
INSERT INTO schemas VALUES ('.', 7, 'ef524ea1-b91e-7317-3d93-8ade36c1db32', 'AVRO', '"int"', '[]', NULL, NULL, 1795363134804);
INSERT INTO schemas VALUES ('.', 8, 'e1dd9a1e-f98b-451b-5369-0370b393966b', 'AVRO', '"long"', '[]', NULL, NULL, 1795363134822);
INSERT INTO schemas VALUES ('.lkc-1', 1, 'bfc71a62-f38b-99d6-a936-90deeb4b3af6', 'AVRO', '"double"', '[]', NULL, NULL, 1795363134951);


--
-- Data for Name: subjects; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO subjects VALUES ('.', 'users-value', 2);
INSERT INTO subjects VALUES ('.', 'orders-value', 1);
INSERT INTO subjects VALUES ('.', 'people-value', 1);
INSERT INTO subjects VALUES ('.', 'events-value', 1);
INSERT INTO subjects VALUES ('.team', 'users-value', 1);
INSERT INTO subjects VALUES ('.', 'müll/abfuhr', 1);
INSERT INTO subjects VALUES ('.', 'gone', 3);
INSERT INTO subjects VALUES ('.', 'forgotten', 3);
INSERT INTO subjects VALUES ('.lkc-1', 'payments-value', 1);


--
-- Data for Name: versions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO versions VALUES ('.', 'users-value', 1, 1, false, 1795363134645, 1795363134645, NULL, 1);
INSERT INTO versions VALUES ('.', 'users-value', 2, 2, false, 1795363134676, 1795363134676, NULL, 2);
INSERT INTO versions VALUES ('.', 'orders-value', 1, 3, false, 1795363134704, 1795363134704, NULL, 1);
INSERT INTO versions VALUES ('.', 'people-value', 1, 4, false, 1795363134723, 1795363134723, NULL, 1);
INSERT INTO versions VALUES ('.', 'events-value', 1, 5, false, 1795363134757, 1795363134757, NULL, 1);
INSERT INTO versions VALUES ('.team', 'users-value', 1, 1, false, 1795363134781, 1795363134781, NULL, 1);
INSERT INTO versions VALUES ('.', 'müll/abfuhr', 1, 6, false, 1795363134797, 1795363134797, NULL, 1);
INSERT INTO versions VALUES ('.', 'gone', 2, 8, false, 1795363134822, 1795363134822, NULL, 2);
INSERT INTO versions VALUES ('.', 'gone', 1, 7, true, 1795363134841, 1795363134804, NULL, 3);
INSERT INTO versions VALUES ('.lkc-1', 'payments-value', 1, 1, false, 1795363134951, 1795363134951, NULL, 1);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY _sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: associations associations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY associations
    ADD CONSTRAINT associations_pkey PRIMARY KEY (resource_id, resource_type, association_type);


--
-- Name: configs configs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY configs
    ADD CONSTRAINT configs_pkey PRIMARY KEY (context, subject);


--
-- Name: contexts contexts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY contexts
    ADD CONSTRAINT contexts_pkey PRIMARY KEY (name);


--
-- Name: fingerprints fingerprints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY fingerprints
    ADD CONSTRAINT fingerprints_pkey PRIMARY KEY (context, guid);


--
-- Name: modes modes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY modes
    ADD CONSTRAINT modes_pkey PRIMARY KEY (context, subject);


--
-- Name: schema_references schema_references_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY schema_references
    ADD CONSTRAINT schema_references_pkey PRIMARY KEY (context, schema_id, "position");


--
-- Name: schemas schemas_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY schemas
    ADD CONSTRAINT schemas_pkey PRIMARY KEY (context, id);


--
-- Name: subjects subjects_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY subjects
    ADD CONSTRAINT subjects_pkey PRIMARY KEY (context, name);


--
-- Name: versions versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (context, subject, version);


--
-- Name: associations_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX associations_by_name ON associations USING btree (resource_name, resource_namespace);


--
-- Name: associations_by_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX associations_by_subject ON associations USING btree (context, subject);


--
-- Name: fingerprints_by_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fingerprints_by_id ON fingerprints USING btree (context, id);


--
-- Name: schema_references_by_target; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX schema_references_by_target ON schema_references USING btree (target_context, target_subject, target_version);


--
-- Name: schemas_by_guid; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX schemas_by_guid ON schemas USING btree (guid, context, id);


--
-- Name: versions_by_schema; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX versions_by_schema ON versions USING btree (context, schema_id, created_at);


--
-- Name: fingerprints fingerprints_context_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY fingerprints
    ADD CONSTRAINT fingerprints_context_id_fkey FOREIGN KEY (context, id) REFERENCES schemas(context, id) ON DELETE CASCADE;


--
-- Name: schema_references schema_references_context_schema_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY schema_references
    ADD CONSTRAINT schema_references_context_schema_id_fkey FOREIGN KEY (context, schema_id) REFERENCES schemas(context, id) ON DELETE CASCADE;


--
-- Name: versions versions_context_schema_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY versions
    ADD CONSTRAINT versions_context_schema_id_fkey FOREIGN KEY (context, schema_id) REFERENCES schemas(context, id);


--
-- Name: versions versions_context_subject_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY versions
    ADD CONSTRAINT versions_context_subject_fkey FOREIGN KEY (context, subject) REFERENCES subjects(context, name);


--
-- PostgreSQL database dump complete
--


