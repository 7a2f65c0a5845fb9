import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from './event.js';
import type { NodeLog } from './log.js';

const systemEvent = (type: string, data: object | string): ProposedEvent => ({
  id: randomUUID(),
  type,
  isJson: true,
  data: Buffer.from(JSON.stringify(data), 'utf8'),
  metadata: new Uint8Array(),
});

/**
 * A log of EventStoreDB is never empty: the server has written its users and its own metadata before
 * the first client comes. Whoever takes the first event of everything for their own is found here.
 */
export const writeFirstEvents = async (log: NodeLog): Promise<void> => {
  if (log.tail.head > 0n) return;
  const users = ['admin', 'ops'].map((loginName) => systemEvent('$User', loginName));
  await log.writer.append('$$$scavenges', 'any', [systemEvent('$metadata', { $maxCount: 500 })]);
  for (const [index, loginName] of ['admin', 'ops'].entries()) {
    const created = systemEvent('$UserCreated', { loginName, disabled: false });
    await log.writer.append(`$user-${loginName}`, 'any', [created]);
    await log.writer.append('$users', 'any', users.slice(index, index + 1));
  }
};
