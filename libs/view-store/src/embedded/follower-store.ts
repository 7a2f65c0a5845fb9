import { StoredFollowers } from '../followers/follower-store.js';
import type { EmbeddedFollowersCalls } from './calls.js';
import { Thread } from './thread.js';

/** followers.db behind its own thread, because each of its calls waits for the disk. */
export const openEmbeddedFollowers = async (file: string): Promise<StoredFollowers> => {
  const thread = new Thread<EmbeddedFollowersCalls>('followers');
  try {
    await thread.call('open', { file });
  } catch (error) {
    await thread.close();
    throw error;
  }
  return new StoredFollowers({
    call: (name, input) => thread.call(name, input),
    close: () => thread.close(),
  });
};
