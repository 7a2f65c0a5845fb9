import { describeEventStore } from '../spec/contract.js';
import { createMemoryEventStore } from './event-store.js';

describeEventStore('the memory', async () => {
  let now = 0;
  const store = createMemoryEventStore({ clock: () => now });
  const advance = (ms: number): void => {
    now += ms;
  };
  return { store, advance, cleanup: () => store.close() };
});
