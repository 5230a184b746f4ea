// The other JavaScript client, @kafkajs/confluent-schema-registry: it sets BACKWARD on subjects without a level, and reads schemas by id.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry');
const { get, idIn, name, send, url } = require('./registry');
const { record, USER, USER_WITH_AGE, USER_WITHOUT_DEFAULT } = require('./schemas');

// A client without anything in its caches, so that every question reaches the registry.
const client = (options) => new SchemaRegistry({ host: url, clientId: 'regis' }, options);

const avro = (schema, references) => ({ type: SchemaType.AVRO, schema: JSON.stringify(schema), references });
const json = (schema, references) => ({ type: SchemaType.JSON, schema: JSON.stringify(schema), references });
const protobuf = (schema, references) => ({ type: SchemaType.PROTOBUF, schema, references });

const on = (subject) => ({ subject });

// What one client writes, another one reads; gives the message.
async function passed(id, datum) {
  const message = await client().encode(id, datum);
  assert.equal(idIn(message), id);
  assert.deepEqual({ ...(await client().decode(message)) }, datum);
  return message;
}

// The client must raise an error with this status and these words of the registry.
async function refused(promise, status, words) {
  const error = await promise.then(
    (value) => assert.fail(`no error but ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  assert.match(error.message, words);
  if (status) assert.equal(error.status, status, error.message);
}

test('kafkajs: the first registration sets a level, the second finds it', async () => {
  const subject = name('kafkajs');
  const { id } = await client().register(avro(USER), on(subject));
  assert.deepEqual(await get(`/config/${subject}`), { compatibilityLevel: 'BACKWARD' });
  assert.equal((await client().register(avro(USER), on(subject))).id, id);
  await assert.rejects(client().register(avro(USER), { subject, compatibility: 'FULL' }), /FULL != BACKWARD/);
});

test('kafkajs: a subject is named after its record', async () => {
  const type = `Named${name('r').replaceAll('-', '_')}`;
  const { id } = await client().register(avro(record(type, { name: 'n', type: 'int' })));
  assert.equal(await client().getLatestSchemaId(`demo.${type}`), id);
});

test('kafkajs: Avro messages pass, and an older reader skips the new field', async () => {
  const subject = name('kafkajs-avro');
  const first = await client().register(avro(USER), on(subject));
  const second = await client().register(avro(USER_WITH_AGE), on(subject));
  await passed(first.id, { name: 'ann' });
  const message = await passed(second.id, { name: 'ann', age: 7 });
  const read = await client().decode(message, { [SchemaType.AVRO]: { readerSchema: USER } });
  assert.deepEqual({ ...read }, { name: 'ann' });
});

test('kafkajs: ids are found by version, as the latest and by content', async () => {
  const subject = name('kafkajs-a/b c');
  const first = await client().register(avro(USER), on(subject));
  const second = await client().register(avro(USER_WITH_AGE), on(subject));
  assert.equal(await client().getRegistryId(subject, 1), first.id);
  assert.equal(await client().getLatestSchemaId(subject), second.id);
  assert.equal(await client().getRegistryIdBySchema(subject, avro(USER)), first.id);
  await refused(client().getRegistryIdBySchema(subject, avro(USER_WITHOUT_DEFAULT)), 0, /Schema not found/);
});

test('kafkajs: references are followed in each language', async () => {
  const [inner, outer] = [name('kafkajs-inner'), name('kafkajs-outer')];
  const id = { name: 'id', type: 'int' };
  await client().register(avro(record('Inner', id)), on(inner));
  const reference = [{ name: 'demo.Inner', subject: inner, version: 1 }];
  const { id: outerId } = await client().register(
    avro(record('Outer', { name: 'inner', type: 'demo.Inner' }), reference),
    on(outer),
  );
  const message = await client().encode(outerId, { inner: { id: 5 } });
  assert.equal((await client().decode(message)).inner.id, 5);

  const [point, line] = [name('kafkajs-point'), name('kafkajs-line')];
  const x = { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } };
  await client().register(json({ $id: 'https://example.com/point.json', ...x }), on(point));
  const { id: lineId } = await client().register(
    json({ $id: 'https://example.com/line.json', type: 'object', properties: { from: { $ref: 'https://example.com/point.json' } } }, [
      { name: 'https://example.com/point.json', subject: point, version: 1 },
    ]),
    on(line),
  );
  await passed(lineId, { from: { x: 1 } });
  await assert.rejects(client().encode(lineId, { from: {} }), /invalid payload/i);

  const [money, transfer] = [name('kafkajs-money'), name('kafkajs-transfer')];
  const head = 'syntax = "proto3"; package demo;';
  await client().register(protobuf(`${head} message Money { int32 units = 1; }`), on(money));
  const { id: transferId } = await client().register(
    protobuf(`${head} import "money.proto"; message Transfer { .demo.Money amount = 1; }`, [
      { name: 'money.proto', subject: money, version: 1 },
    ]),
    on(transfer),
  );
  const sent = await client().encode(transferId, { amount: { units: 7 } });
  assert.equal((await client().decode(sent)).amount.units, 7);
});

test('kafkajs: an incompatible schema and a broken one are refused in the words of the registry', async () => {
  const subject = name('kafkajs-refused');
  await client().register(avro(USER), on(subject));
  await refused(client().register(avro(USER_WITHOUT_DEFAULT), on(subject)), 409, /incompatible with an earlier schema/);
  const open = { type: 'object', properties: { n: { type: 'integer' } } };
  await refused(client().register(json(open), on(subject)), 409, /different schema type/);
  await refused(client().getLatestSchemaId(name('kafkajs-none')), 404, /not found/);
  await refused(client().getSchema(2147483647), 404, /not found/);
});

test('kafkajs: deleted schemas are read by id until they are gone', async () => {
  const subject = name('kafkajs-deleted');
  const type = `Gone${subject.replaceAll('-', '_')}`;
  const { id } = await client().register(avro(record(type, { name: 'n', type: 'int' })), on(subject));
  const message = await client().encode(id, { n: 1 });
  assert.deepEqual(await send('DELETE', `/subjects/${subject}`), [1]);
  await refused(client().getLatestSchemaId(subject), 404, /not found/);
  assert.equal((await client().decode(message)).n, 1);
  assert.deepEqual(await send('DELETE', `/subjects/${subject}?permanent=true`), [1]);
  await refused(client().decode(message), 404, /not found/);
});

test('kafkajs: metadata and rules of others do not disturb it', async () => {
  const subject = name('kafkajs-rules');
  const rule = { name: 'short', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'size(message.name) < 4' };
  const ruled = { schema: JSON.stringify(USER), metadata: { properties: { owner: 'fraud' } }, ruleSet: { domainRules: [rule] } };
  const { id } = await send('POST', `/subjects/${subject}/versions`, ruled);
  assert.equal(await client().getLatestSchemaId(subject), id);
  await passed(id, { name: 'ann' });
  assert.equal((await client().register(avro(USER), on(subject))).id, id, 'what is there is found again');
});
