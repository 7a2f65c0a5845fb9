import { BadConfiguration, readConfig, type Environment } from '#edge';
import { ok, problem, type Finding } from './finding.js';

const check = 'configuration';

export type Configured = {
  readonly keyEncryptionKey: Buffer | null;
  readonly findings: readonly Finding[];
};

/** A finding for each problem; each of them says itself what would be right. */
export const checkConfiguration = (environment: Environment): Configured => {
  try {
    const { keyEncryptionKey, isSimulated } = readConfig(environment);
    const detail = isSimulated ? 'complete, with the simulator' : 'complete';
    return { keyEncryptionKey, findings: [ok(check, detail)] };
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error;
    const findings = error.problems.map((line) => problem(check, line, 'set the variable named'));
    return { keyEncryptionKey: null, findings };
  }
};
