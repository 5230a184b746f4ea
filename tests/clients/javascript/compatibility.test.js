// Levels, and what they refuse.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { client, name, refused } = require('./registry');
const { avro, USER, USER_WITH_AGE, USER_WITHOUT_DEFAULT } = require('./schemas');

test('a level of its own decides for a subject', async () => {
  const subject = name('level');
  await refused(client().getCompatibility(subject), 404, 40408);
  assert.equal(await client().updateCompatibility(subject, 'FORWARD'), 'FORWARD');
  assert.equal(await client().getCompatibility(subject), 'FORWARD');
  await client().register(subject, avro(USER));
  assert.equal(await client().testSubjectCompatibility(subject, avro(USER_WITHOUT_DEFAULT)), true);
  await client().updateCompatibility(subject, 'BACKWARD');
  assert.equal(await client().testSubjectCompatibility(subject, avro(USER_WITHOUT_DEFAULT)), false);
  assert.equal(await client().testSubjectCompatibility(subject, avro(USER_WITH_AGE)), true);
});

test('an incompatible schema is refused with its reason', async () => {
  const subject = name('refused');
  await client().updateCompatibility(subject, 'BACKWARD');
  await client().register(subject, avro(USER));
  const error = await refused(client().register(subject, avro(USER_WITHOUT_DEFAULT)), 409, 40901);
  assert.match(error.message, /READER_FIELD_MISSING_DEFAULT_VALUE/);
  assert.deepEqual(await client().getAllVersions(subject), [1]);
});

test('a schema is compared with the version that is named', async () => {
  const subject = name('version');
  await client().updateCompatibility(subject, 'NONE');
  await client().register(subject, avro(USER));
  await client().register(subject, avro(USER_WITHOUT_DEFAULT));
  await client().updateCompatibility(subject, 'BACKWARD');
  assert.equal(await client().testCompatibility(subject, 1, avro(USER_WITHOUT_DEFAULT)), false);
  assert.equal(await client().testCompatibility(subject, 2, avro(USER_WITHOUT_DEFAULT)), true);
});

test('a level that does not exist is refused', async () => {
  await refused(client().updateCompatibility(name('level'), 'SIDEWARD'), 422, 42203);
});

test('a config keeps what it is told', async () => {
  const subject = name('config');
  await client().updateConfig(subject, { compatibility: 'FULL', normalize: true });
  const config = await client().getConfig(subject);
  assert.deepEqual([config.compatibilityLevel, config.normalize], ['FULL', true]);
});
