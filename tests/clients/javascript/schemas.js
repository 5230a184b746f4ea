// Schemas that several files of scenarios use, in the form in which the client takes them.
'use strict';

const avro = (schema, references) => ({ schemaType: 'AVRO', schema: JSON.stringify(schema), references });
const json = (schema, references) => ({ schemaType: 'JSON', schema: JSON.stringify(schema), references });
const protobuf = (schema, references) => ({ schemaType: 'PROTOBUF', schema, references });

const record = (name, ...fields) => ({ type: 'record', name, namespace: 'demo', fields });

const USER = record('User', { name: 'name', type: 'string' });
const AGE = { name: 'age', type: 'int' };
const USER_WITH_AGE = record('User', ...USER.fields, { ...AGE, default: 0 });
const USER_WITHOUT_DEFAULT = record('User', ...USER.fields, AGE);

module.exports = { avro, json, protobuf, record, USER, USER_WITH_AGE, USER_WITHOUT_DEFAULT };
