/** What one check found. */
export type Finding = {
  readonly check: string;
  readonly outcome: 'ok' | 'problem' | 'skipped';
  readonly detail: string;
  /** What mends a problem. */
  readonly mend: string | null;
};

export const ok = (check: string, detail: string): Finding => ({
  check,
  outcome: 'ok',
  detail,
  mend: null,
});

export const problem = (check: string, detail: string, mend: string): Finding => ({
  check,
  outcome: 'problem',
  detail,
  mend,
});

/** It could not be looked at, because of a problem that another check has told. */
export const skipped = (check: string, detail: string): Finding => ({
  check,
  outcome: 'skipped',
  detail,
  mend: null,
});
