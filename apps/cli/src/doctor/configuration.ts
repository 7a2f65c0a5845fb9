import { BadConfiguration, readConfig, type Config, type Environment } from '#edge';
import { ok, problem, type Finding } from './finding.js';

const check = 'configuration';

export type Configured = {
  /** Null while it is not right. */
  readonly config: Config | null;
  readonly findings: readonly Finding[];
};

/** A finding for each problem; each of them says itself what would be right. */
export const checkConfiguration = (environment: Environment): Configured => {
  try {
    const config = readConfig(environment);
    const detail = config.isSimulated ? 'complete, with the simulator' : 'complete';
    return { config, findings: [ok(check, detail)] };
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error;
    const findings = error.problems.map((line) => problem(check, line, 'set the variable named'));
    return { config: null, findings };
  }
};
