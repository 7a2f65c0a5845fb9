/** What an event's data may be made of: JSON and only JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Stands where a personal field stood whose subject has been erased. */
export type Erased = { readonly erased: true };
export const ERASED: Erased = { erased: true };

/** A field that is sealed on the log with its subject's key, and gone once that is destroyed. */
export type Personal<T> = T | Erased;

export const isErased = (value: unknown): value is Erased =>
  typeof value === 'object' && value !== null && 'erased' in value && value.erased === true;
