// Registering, looking up, reading by id, by guid and by version.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { client, name, refused } = require('./registry');
const { avro, USER, USER_WITH_AGE } = require('./schemas');

test('a schema is registered once and found by its id, its guid and its version', async () => {
  const subject = name('registered');
  const registered = await client().registerFullResponse(subject, avro(USER));
  assert.equal(registered.version, 1);
  assert.equal(await client().register(subject, avro(USER)), registered.id);
  const byId = await client().getBySubjectAndId(subject, registered.id);
  const byGuid = await client().getByGuid(registered.guid);
  const byVersion = await client().getSchemaMetadata(subject, 1);
  for (const found of [byId, byGuid, byVersion]) assert.deepEqual(JSON.parse(found.schema), USER);
  assert.deepEqual([byVersion.id, byVersion.subject, byVersion.schemaType], [registered.id, subject, 'AVRO']);
});

test('a lookup finds the version of a text, and says what is missing', async () => {
  const subject = name('lookup');
  await refused(client().getId(subject, avro(USER)), 404, 40401);
  const id = await client().register(subject, avro(USER));
  await client().register(subject, avro(USER_WITH_AGE));
  assert.equal(await client().getId(subject, avro(USER)), id);
  assert.equal(await client().getVersion(subject, avro(USER_WITH_AGE)), 2);
  await refused(client().getId(subject, avro({ ...USER, name: 'Other' })), 404, 40403);
});

test('versions are listed and the latest is the last', async () => {
  const subject = name('versions');
  await client().register(subject, avro(USER));
  const id = await client().register(subject, avro(USER_WITH_AGE));
  assert.deepEqual(await client().getAllVersions(subject), [1, 2]);
  const latest = await client().getLatestSchemaMetadata(subject);
  assert.deepEqual([latest.id, latest.version], [id, 2]);
  assert.ok((await client().getAllSubjects()).includes(subject));
});

test('the same text in two subjects has one id', async () => {
  const ids = [await client().register(name('first'), avro(USER)), await client().register(name('second'), avro(USER))];
  assert.equal(ids[0], ids[1]);
});

test('a name with reserved characters stays whole', async () => {
  const subject = name('a/b %2F?#+ä');
  const id = await client().register(subject, avro(USER));
  assert.equal((await client().getLatestSchemaMetadata(subject)).id, id);
  assert.ok((await client().getAllSubjects()).includes(subject));
});

test('metadata comes back and finds its version', async () => {
  const subject = name('metadata');
  const metadata = { properties: { owner: 'fraud' } };
  await client().register(subject, { ...avro(USER), metadata });
  await client().register(subject, avro(USER_WITH_AGE));
  const found = await client().getLatestWithMetadata(subject, { owner: 'fraud' });
  assert.equal(found.metadata.properties.owner, 'fraud');
});

test('each mistake has its status and its code', async () => {
  const subject = name('mistakes');
  await refused(client().getLatestSchemaMetadata(subject), 404, 40401);
  await client().register(subject, avro(USER));
  await refused(client().getSchemaMetadata(subject, 9), 404, 40402);
  await refused(client().getBySubjectAndId(subject, 2147483647), 404, 40403);
  const error = await refused(client().register(subject, { schemaType: 'AVRO', schema: '{"type":"recor"}' }), 422, 42201);
  assert.match(error.message, /Invalid schema/);
});
