/** Whose keys are wanted. */
export type OfLog = {
  readonly epoch: string;
  /** Whether it holds anything that may have been sealed. */
  readonly isWritten: boolean;
};

/**
 * A log and keys that do not belong together: one of the two addresses is wrong, or one of the servers
 * was set up anew. With other keys everything that was sealed would look as if it had been erased.
 */
export class KeysOfAnotherLog extends Error {
  override readonly name = 'KeysOfAnotherLog';

  constructor(epochOfKeys: string | null, epochOfLog: string) {
    const keys =
      epochOfKeys === null
        ? 'this database holds no keys, and the log has been written with some'
        : `the keys and views in this database are of another log, of epoch ${epochOfKeys}`;
    super(
      `${keys}; the log that answers is of epoch ${epochOfLog}: name the log and the database` +
        ' that belong together, or bring back the one that is missing',
    );
  }
}

/** Throws KeysOfAnotherLog. What is bound to no log yet (null) may be this one's. */
export const mustBeOf = (epochOfLog: string, epochOfKeys: string | null): void => {
  if (epochOfKeys !== null && epochOfKeys !== epochOfLog)
    throw new KeysOfAnotherLog(epochOfKeys, epochOfLog);
};
