import { userInfo } from 'node:os';
import type { Asking } from '#view-store';

/** Who asks, by the account that runs this, and when, by the wall's clock. */
export const asking = (): Asking => ({ by: accountName(), atMs: Date.now() });

/** An account may have no name, as in a container. */
const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
