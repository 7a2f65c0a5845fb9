import { createHash } from 'node:crypto';
import type { Json } from '#kernel';
import type { Principal } from '#access';
import type { MessageAuthor } from '../domain/events.js';

/** A key belongs to its mutation; hashed, so that it says nothing of whoever chose it. */
export const requestKey = (mutation: string, key: string): string => digest([mutation, key]);

const digestLength = 22;

/** Tells one input of a request from another. */
export const digest = (values: readonly Json[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, digestLength);

/** Who wrote what a principal asks for. */
export const authorOf = ({ kind, id }: Principal): MessageAuthor => ({
  kind: kind === 'customer' ? 'api' : kind,
  id,
});
