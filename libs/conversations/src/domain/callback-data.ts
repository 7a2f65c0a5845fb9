/**
 * What we send as `biz_opaque_callback_data` and get back with every status:
 * `1.<thread>.<message>.<attempt>`.
 */
export type CallbackData = {
  readonly thread: string;
  readonly message: string;
  readonly attempt: number;
};

export const writeCallbackData = ({ thread, message, attempt }: CallbackData): string =>
  `1.${thread}.${message}.${attempt}`;

/** Null when it is not in our own form. */
export const readCallbackData = (text: string): CallbackData | null => {
  const match = /^1\.([a-z0-9]{1,64})\.([a-z0-9]{1,64})\.([1-9][0-9]{0,6})$/.exec(text);
  const [, thread, message, attempt] = match ?? [];
  return thread && message && attempt ? { thread, message, attempt: Number(attempt) } : null;
};
