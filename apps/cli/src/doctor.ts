import { examined } from './doctor/examined.js';
import type { Finding } from './doctor/finding.js';
import { exits, type Run } from './verb.js';

const nameWidth = 14;
const words = { ok: 'ok     ', problem: 'PROBLEM', skipped: 'skipped' } as const;

/** Examines everything that the engine stands on, a line for each check. Changes nothing. */
export const doctor: Run = async (request, terminal) => {
  const isJson = request.flags['json'] === true;
  const findings: Finding[] = [];
  for await (const finding of examined(request, terminal)) {
    findings.push(finding);
    if (!isJson) terminal.out(lineOf(finding));
  }
  const ok = findings.every(({ outcome }) => outcome !== 'problem');
  if (isJson) terminal.out(JSON.stringify({ ok, checks: findings }, null, 2));
  return ok ? exits.done : exits.problem;
};

const lineOf = ({ check, outcome, detail, mend }: Finding): string =>
  `${words[outcome]}  ${check.padEnd(nameWidth)}  ${detail}${mend === null ? '' : ` → ${mend}`}`;
