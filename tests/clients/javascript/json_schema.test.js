// JSON Schema messages through the client's serializer and deserializer.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { JsonDeserializer, JsonSerializer, SerdeType } = require('@confluentinc/schemaregistry');
const { client, idIn, name } = require('./registry');
const { json } = require('./schemas');

const LATEST = { autoRegisterSchemas: false, useLatestVersion: true, validate: true };
const serializer = (conf = LATEST) => new JsonSerializer(client(), SerdeType.VALUE, conf);
const deserializer = (conf = { validate: true }) => new JsonDeserializer(client(), SerdeType.VALUE, conf);

const ORDER = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Order',
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
};

test('a message makes the round trip, and one that does not conform is refused', async () => {
  const topic = name('json');
  const id = await client().register(`${topic}-value`, json(ORDER));
  const message = await serializer().serialize(topic, { id: 1, note: 'x' });
  assert.equal(idIn(message), id);
  assert.deepEqual(await deserializer().deserialize(topic, message), { id: 1, note: 'x' });
  await assert.rejects(serializer().serialize(topic, { note: 'no id' }));
});

test('a serializer registers the schema that it makes of its first message', async () => {
  const topic = name('automatic');
  const message = await serializer({ autoRegisterSchemas: true }).serialize(topic, { id: 1, tags: ['a'] });
  const latest = await client().getLatestSchemaMetadata(`${topic}-value`);
  assert.deepEqual([idIn(message), latest.schemaType], [latest.id, 'JSON']);
  assert.deepEqual(await deserializer().deserialize(topic, message), { id: 1, tags: ['a'] });
});

for (const draft of ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema']) {
  test(`a $ref leads to another subject: ${draft}`, async () => {
    const [card, topic] = [name('card'), name('payment')];
    const uri = `http://demo.example/${card}.json`;
    const properties = { token: { type: 'string', minLength: 3 } };
    await client().register(card, json({ $schema: draft, $id: uri, type: 'object', required: ['token'], properties }));
    const payment = { $schema: draft, title: 'Payment', type: 'object', properties: { card: { $ref: uri } } };
    const references = [{ name: uri, subject: card, version: 1 }];
    const id = await client().register(`${topic}-value`, json(payment, references));
    assert.deepEqual((await client().getBySubjectAndId(`${topic}-value`, id)).references, references);
    const message = await serializer().serialize(topic, { card: { token: 't-1' } });
    assert.deepEqual(await deserializer().deserialize(topic, message), { card: { token: 't-1' } });
    await assert.rejects(serializer().serialize(topic, { card: { token: 't' } }));
  });
}

test('a required property is a matter of compatibility', async () => {
  const subject = name('compatibility');
  await client().register(subject, json(ORDER));
  assert.equal(await client().testSubjectCompatibility(subject, json({ ...ORDER, required: [] })), true);
  assert.equal(await client().testSubjectCompatibility(subject, json({ ...ORDER, required: ['id', 'note'] })), false);
});
