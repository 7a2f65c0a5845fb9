import { expect, it } from '@jest/globals';
import { checkNode } from './node.js';

it.each([
  ['20.18.9', 'problem'],
  ['20.19.0', 'ok'],
  ['21.7.3', 'problem'],
  ['22.11.9', 'problem'],
  ['22.12.0', 'ok'],
  ['24.0.0', 'ok'],
])('Node.js %s is %s', (version, outcome) => expect(checkNode(version).outcome).toBe(outcome));
