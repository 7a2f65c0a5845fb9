/** What was parked was written by somebody else: it must not command the terminal. */
export const printable = (text: string): string => text.replace(/\p{Control}/gu, '\ufffd');
