// A reporter for node's test runner: one line of counts at the end.
'use strict';

module.exports = async function* counts(events) {
  let [passed, failed] = [0, 0];
  for await (const { type } of events) {
    if (type === 'test:pass') passed += 1;
    if (type === 'test:fail') failed += 1;
  }
  yield `clients, JavaScript: ${passed} passed, ${failed} failed\n`;
};
