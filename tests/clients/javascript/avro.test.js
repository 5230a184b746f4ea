// Avro messages through the client's serializer and deserializer.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const {
  AvroDeserializer,
  AvroSerializer,
  HeaderSchemaIdSerializer,
  SerdeType,
  SubjectNameStrategyType,
} = require('@confluentinc/schemaregistry');
const { client, get, idIn, name } = require('./registry');
const { avro, record, USER, USER_WITH_AGE } = require('./schemas');

const LATEST = { autoRegisterSchemas: false, useLatestVersion: true };
const serializer = (conf = LATEST) => new AvroSerializer(client(), SerdeType.VALUE, conf);
const deserializer = (conf = {}) => new AvroDeserializer(client(), SerdeType.VALUE, conf);

test('a message makes the round trip under the topic name', async () => {
  const topic = name('avro');
  const id = await client().register(`${topic}-value`, avro(USER));
  const message = await serializer().serialize(topic, { name: 'ann' });
  assert.equal(idIn(message), id);
  assert.deepEqual({ ...(await deserializer().deserialize(topic, message)) }, { name: 'ann' });
});

test('a serializer registers the schema that it makes of its first message', async () => {
  const topic = name('automatic');
  const message = await serializer({ autoRegisterSchemas: true }).serialize(topic, { name: 'ann', age: 7 });
  const latest = await client().getLatestSchemaMetadata(`${topic}-value`);
  assert.deepEqual([idIn(message), latest.version, latest.schemaType], [latest.id, 1, 'AVRO']);
  assert.deepEqual({ ...(await deserializer().deserialize(topic, message)) }, { name: 'ann', age: 7 });
});

test('a message in the old schema is read with the new one', async () => {
  const topic = name('evolution');
  await client().register(`${topic}-value`, avro(USER));
  const message = await serializer().serialize(topic, { name: 'ann' });
  await client().register(`${topic}-value`, avro(USER_WITH_AGE));
  const read = await deserializer({ useLatestVersion: true }).deserialize(topic, message);
  assert.deepEqual({ ...read }, { name: 'ann', age: 0 });
});

test('a record of another subject is found by reference', async () => {
  const [card, topic] = [name('card'), name('payment')];
  await client().register(card, avro(record('Card', { name: 'token', type: 'string' })));
  const payment = record('Payment', { name: 'card', type: 'demo.Card' });
  const id = await client().register(
    `${topic}-value`,
    avro(payment, [{ name: 'demo.Card', subject: card, version: 1 }]),
  );
  const message = await serializer().serialize(topic, { card: { token: 't-1' } });
  assert.equal(idIn(message), id);
  assert.equal((await deserializer().deserialize(topic, message)).card.token, 't-1');
  assert.deepEqual(await get(`/subjects/${card}/versions/1/referencedby`), [id]);
});

test('an id fixed in advance is used', async () => {
  const topic = name('fixed');
  const id = await client().register(`${topic}-value`, avro(USER));
  await client().register(`${topic}-value`, avro(USER_WITH_AGE));
  const message = await serializer({ autoRegisterSchemas: false, useSchemaId: id }).serialize(topic, { name: 'ann' });
  assert.equal(idIn(message), id);
});

test('a guid in a header leads to the schema', async () => {
  const topic = name('header');
  await client().register(`${topic}-value`, avro(USER));
  const headers = {};
  const conf = { ...LATEST, schemaIdSerializer: HeaderSchemaIdSerializer };
  const message = await serializer(conf).serialize(topic, { name: 'ann' }, headers);
  assert.equal(Object.keys(headers).length, 1);
  assert.deepEqual({ ...(await deserializer().deserialize(topic, message, headers)) }, { name: 'ann' });
});

test('a subject may be named by a function', async () => {
  const topic = name('strategy');
  const conf = { subjectNameStrategy: (named) => `${named}-demo.User` };
  const id = await client().register(`${topic}-demo.User`, avro(USER));
  const message = await serializer({ ...LATEST, ...conf }).serialize(topic, { name: 'ann' });
  assert.equal(idIn(message), id);
  assert.deepEqual({ ...(await deserializer(conf).deserialize(topic, message)) }, { name: 'ann' });
});

test('a topic without associations has none, or is not found', async () => {
  const asked = client().getAssociationsByResourceName(name('topic'), '-', 'topic', ['value'], null, 0, -1);
  const found = await asked.catch((error) => error.status);
  assert.ok(found === 404 || found.length === 0, String(found));
});
