/** A refusal that needs no more words than its message. */
export const plain = (code: string, message: string) => ({
  __typename: 'PlainRefusal' as const,
  code,
  message,
});

/** The same for what does not exist and for what is somebody else's. */
export const notFound = () => plain('NOT_FOUND', 'There is no such thing in this organisation.');
