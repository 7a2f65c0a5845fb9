/** What was parked was written by somebody else: it must not command the terminal. */
export const printable = (text: string): string => text.replace(/\p{Control}/gu, '\ufffd');

/** The same for JSON, where nothing may be lost: JSON itself leaves DEL and the C1 controls as they are. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
