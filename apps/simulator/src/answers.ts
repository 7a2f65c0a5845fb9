import type { Json } from '#kernel';

/** What a desk answers to one request, before HTTP. */
export type Reply = { readonly status: number; readonly body: Json };

export const ok = (body: Json): Reply => ({ status: 200, body });
export const invalid = (text: string): Reply => ({ status: 400, body: { error: text } });
export const notFound = (text: string): Reply => ({ status: 404, body: { error: text } });
export const conflict = (text: string): Reply => ({ status: 409, body: { error: text } });

/** A request that cannot be understood; its message is the answer. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}
