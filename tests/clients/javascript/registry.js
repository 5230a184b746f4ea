// What every scenario gets: the registry's address, fresh names, clients, requests without a client, expected errors.
'use strict';

const assert = require('node:assert/strict');
const { RestError, SchemaRegistryClient } = require('@confluentinc/schemaregistry');

const address = process.env.REGIS_URL;
if (!address) throw new Error('REGIS_URL is not set; tests/clients/run sets it');
const url = address.replace(/\/$/, '');

// A client without anything in its caches, so that every question reaches the registry.
const client = () => new SchemaRegistryClient({ baseURLs: [url] });

// The files run in processes of their own: the process id keeps their names apart.
const run = `${Date.now().toString(16)}-${process.pid}`;
let count = 0;

// A name that no other scenario and no earlier run used.
const name = (tag) => `js-${run}-${++count}-${tag}`;

// The body of a GET without a client library.
const get = (path) => send('GET', path);

// The body of a request without a client library; it must succeed.
async function send(method, path, body) {
  const headers = { 'Content-Type': 'application/vnd.schemaregistry.v1+json' };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

// The client must raise its error with this status and this error code; gives the error.
async function refused(promise, status, errorCode) {
  const error = await promise.then(
    (value) => assert.fail(`no error but ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  assert.ok(error instanceof RestError, String(error));
  assert.deepEqual([error.status, error.errorCode], [status, errorCode], error.message);
  return error;
}

// The schema id that a message carries behind its magic byte.
function idIn(message) {
  assert.equal(message[0], 0);
  return message.readUInt32BE(1);
}

module.exports = { client, get, idIn, name, refused, send, url };
