// Softly deleted, permanently deleted, registered again, and what references forbid.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { client, name, refused } = require('./registry');
const { avro, record, USER, USER_WITH_AGE } = require('./schemas');

test('a version is deleted softly, then permanently', async () => {
  const subject = name('version');
  const id = await client().register(subject, avro(USER));
  await client().register(subject, avro(USER_WITH_AGE));
  await refused(client().deleteSubjectVersion(subject, 1, true), 404, 40407);
  assert.equal(await client().deleteSubjectVersion(subject, 1), 1);
  assert.deepEqual(await client().getAllVersions(subject), [2]);
  await refused(client().deleteSubjectVersion(subject, 1), 404, 40406);
  assert.equal((await client().getSchemaMetadata(subject, 1, true)).id, id);
  assert.equal(await client().deleteSubjectVersion(subject, 1, true), 1);
  await refused(client().getSchemaMetadata(subject, 1, true), 404, 40402);
});

test('a subject is deleted softly, comes back as a new version with its id, and goes for good', async () => {
  const subject = name('subject');
  const id = await client().register(subject, avro(USER));
  await refused(client().deleteSubject(subject, true), 404, 40405);
  assert.deepEqual(await client().deleteSubject(subject), [1]);
  assert.ok(!(await client().getAllSubjects()).includes(subject));
  await refused(client().deleteSubject(subject), 404, 40404);
  assert.equal(await client().register(subject, avro(USER)), id);
  assert.deepEqual(await client().getAllVersions(subject), [2]);
  assert.deepEqual(await client().deleteSubject(subject), [2]);
  // The new version took the place of the deleted one.
  assert.deepEqual(await client().deleteSubject(subject, true), [2]);
  await refused(client().getLatestSchemaMetadata(subject), 404, 40401);
});

test('an id outlives the soft deletion of its subject', async () => {
  const subject = name('id');
  const id = await client().register(subject, avro(record(name('R').replaceAll('-', '_'))));
  await client().deleteSubject(subject);
  assert.match((await client().getBySubjectAndId(subject, id)).schema, /record/);
});

test('a schema that another one refers to cannot be deleted', async () => {
  const [card, payment] = [name('card'), name('payment')];
  await client().register(card, avro(record('Card', { name: 'token', type: 'string' })));
  const schema = record('Payment', { name: 'card', type: 'demo.Card' });
  await client().register(payment, avro(schema, [{ name: 'demo.Card', subject: card, version: 1 }]));
  await refused(client().deleteSubject(card), 422, 42206);
  await client().deleteSubject(payment);
  await client().deleteSubject(payment, true);
  assert.deepEqual(await client().deleteSubject(card), [1]);
});
