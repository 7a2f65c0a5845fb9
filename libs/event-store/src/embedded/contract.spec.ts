import { describeEventStore } from '../spec/contract.js';
import { aDirectory } from '../spec/data-directory.js';

describeEventStore('the embedded log', async () => {
  let now = 1_000_000;
  const clock = (): number => now;
  const { open, cleanup } = await aDirectory();
  const { store } = await open({ clock });
  // A store does not outlive its log: whoever goes on opens it again.
  const reopen = async () => {
    await store.close();
    return (await open({ clock })).store;
  };
  const advance = (ms: number): void => {
    now += ms;
  };
  return { store, reopen, interrupt: reopen, advance, cleanup };
});
