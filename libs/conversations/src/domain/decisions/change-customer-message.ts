import { reject } from '#kernel';
import type { MessageContent } from '../content.js';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';
import { sentAtOf, type ToldByProvider } from './told-by-provider.js';

export type EditCustomerMessage = Wish<
  'EditCustomerMessage',
  ToldByProvider & { readonly targetFingerprint: string; readonly content: MessageContent }
>;

export type RevokeCustomerMessage = Wish<
  'RevokeCustomerMessage',
  ToldByProvider & { readonly targetFingerprint: string }
>;

/** The customer changed the words of a message of theirs. Only of theirs: ours are not found. */
export const editCustomerMessage = (thread: Thread, command: EditCustomerMessage): Decision => {
  const { fingerprint, content, receivedAt } = command;
  if (thread.happened.has(fingerprint)) return [];
  const target = thread.inbound.get(command.targetFingerprint);
  if (!target) return reject('MessageUnknown');
  const sentAt = sentAtOf(command);
  const data = { ...target, content, fingerprint, sentAt, receivedAt };
  return [{ type: 'CustomerMessageEdited', at: sentAt, data }];
};

/** The customer took a message of theirs back. */
export const revokeCustomerMessage = (thread: Thread, command: RevokeCustomerMessage): Decision => {
  const { fingerprint, receivedAt } = command;
  if (thread.happened.has(fingerprint)) return [];
  const target = thread.inbound.get(command.targetFingerprint);
  if (!target) return reject('MessageUnknown');
  const sentAt = sentAtOf(command);
  const data = { ...target, fingerprint, sentAt, receivedAt };
  return [{ type: 'CustomerMessageRevoked', at: sentAt, data }];
};
