// Protobuf messages through the client's serializer and deserializer; the message types are made in memory.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { create, createFileRegistry, createMutableRegistry, fromBinary, toJson } = require('@bufbuild/protobuf');
const {
  FieldDescriptorProto_Label: Label,
  FieldDescriptorProto_Type: Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} = require('@bufbuild/protobuf/wkt');
const { ProtobufDeserializer, ProtobufSerializer, SerdeType } = require('@confluentinc/schemaregistry');
const { client, idIn, name } = require('./registry');
const { protobuf } = require('./schemas');

const field = (name, number, type, typeName) => ({ name, number, type, typeName, label: Label.OPTIONAL });

// Two files, the second of which imports the first: their message types Money, Transfer and Transfer.Note.
function messageTypes(pkg) {
  const money = create(FileDescriptorProtoSchema, {
    name: `${pkg}/money.proto`,
    package: pkg,
    syntax: 'proto3',
    messageType: [{ name: 'Money', field: [field('units', 1, Type.INT64), field('currency', 2, Type.STRING)] }],
  });
  const transfer = create(FileDescriptorProtoSchema, {
    name: `${pkg}/transfer.proto`,
    package: pkg,
    syntax: 'proto3',
    dependency: [money.name],
    messageType: [
      {
        name: 'Transfer',
        field: [field('id', 1, Type.STRING), field('amount', 2, Type.MESSAGE, `.${pkg}.Money`)],
        nestedType: [{ name: 'Note', field: [field('text', 1, Type.STRING)] }],
      },
    ],
  });
  const files = createFileRegistry(create(FileDescriptorSetSchema, { file: [money, transfer] }));
  const types = ['Money', 'Transfer', 'Transfer.Note'].map((type) => files.getMessage(`${pkg}.${type}`));
  return { imported: money.name, registry: createMutableRegistry(...types), types };
}

const serializer = (registry, conf) => new ProtobufSerializer(client(), SerdeType.VALUE, { registry, ...conf });
const deserializer = () => new ProtobufDeserializer(client(), SerdeType.VALUE, {});

test('messages of one file share a version and import the other', async () => {
  const topic = name('protobuf');
  const { imported, registry, types } = messageTypes(topic.replaceAll('-', '_'));
  const [money, transfer, note] = types;
  const sent = [
    [transfer, create(transfer, { id: 't-1', amount: create(money, { units: 7n, currency: 'EUR' }) })],
    [note, create(note, { text: 'n' })],
  ];
  const ids = new Set();
  for (const [type, datum] of sent) {
    const message = await serializer(registry, { autoRegisterSchemas: true }).serialize(topic, datum);
    assert.deepEqual(toJson(type, await deserializer().deserialize(topic, message)), toJson(type, datum));
    ids.add(idIn(message));
  }
  assert.equal(ids.size, 1);
  const latest = await client().getLatestSchemaMetadata(`${topic}-value`);
  assert.deepEqual([latest.version, latest.schemaType], [1, 'PROTOBUF']);
  assert.deepEqual(latest.references, [{ name: imported, subject: imported, version: 1 }]);
});

// The descriptor that the registry gives names types as the text does, and this client finds full names only.
test('texts registered beforehand serve messages, an import of another subject included', async () => {
  const topic = name('text');
  const pkg = topic.replaceAll('-', '_');
  const { imported, registry, types } = messageTypes(pkg);
  const [money, transfer] = types;
  const shared = name('money');
  const head = `syntax = "proto3";\npackage ${pkg};\n`;
  await client().register(shared, protobuf(`${head}message Money { int64 units = 1; string currency = 2; }`));
  const id = await client().register(
    `${topic}-value`,
    protobuf(
      `${head}import "${imported}";\nmessage Transfer {\n  string id = 1;\n  .${pkg}.Money amount = 2;\n` +
        '  message Note { string text = 1; }\n}\n',
      [{ name: imported, subject: shared, version: 1 }],
    ),
  );
  const datum = create(transfer, { id: 't-1', amount: create(money, { units: 7n, currency: 'EUR' }) });
  const latest = { autoRegisterSchemas: false, useLatestVersion: true };
  const message = await serializer(registry, latest).serialize(topic, datum);
  assert.equal(idIn(message), id);
  assert.deepEqual(toJson(transfer, await deserializer().deserialize(topic, message)), toJson(transfer, datum));
});

test('a text goes in and a descriptor comes out, and the other way round', async () => {
  const [text, descriptor] = [name('text'), name('descriptor')];
  const id = await client().register(text, protobuf('syntax = "proto3"; message Point { int32 x = 1; int32 y = 2; }'));
  const { schema } = await client().getBySubjectAndId(text, id, 'serialized');
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(schema, 'base64'));
  assert.deepEqual(file.messageType.map((type) => [type.name, type.field.length]), [['Point', 2]]);
  await client().register(descriptor, protobuf(schema));
  assert.match((await client().getLatestSchemaMetadata(descriptor)).schema, /message Point/);
});

test('a field may come, but not change its type', async () => {
  const subject = name('compatibility');
  const point = (fields) => protobuf(`syntax = "proto3"; message Point { ${fields} }`);
  await client().register(subject, point('int32 x = 1;'));
  assert.equal(await client().testSubjectCompatibility(subject, point('int32 x = 1; int32 y = 2;')), true);
  assert.equal(await client().testSubjectCompatibility(subject, point('string x = 1;')), false);
});
