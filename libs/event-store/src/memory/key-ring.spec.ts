import { describeKeyRing } from '../spec/key-ring.js';
import { createMemoryKeyRing } from './key-ring.js';

describeKeyRing('the memory', async () => ({
  keys: createMemoryKeyRing(),
  cleanup: async () => undefined,
}));
