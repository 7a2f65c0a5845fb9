/** Something without which the process should get no traffic. */
export type Check = {
  readonly name: string;
  /** Null when all is well, else the reason in a few words. */
  readonly check: () => Promise<string | null> | string | null;
};

export type CheckResult = {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string | null;
};

const CHECK_MS_MAX = 2_000;

/** Whether this process should get traffic, and if not, why not. */
export class Readiness {
  private isDraining = false;

  constructor(private readonly checks: readonly Check[]) {}

  /** From now on never ready again: the process is going away. */
  drain(): void {
    this.isDraining = true;
  }

  /** Asks every check; one that throws or does not answer in two seconds is not well. */
  async ask(): Promise<readonly CheckResult[]> {
    const draining = this.isDraining ? 'is shutting down' : null;
    const asked = await Promise.all(this.checks.map(askOne));
    return [{ name: 'process', ok: draining === null, reason: draining }, ...asked];
  }
}

const askOne = async ({ name, check }: Check): Promise<CheckResult> => {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS_MAX, `no answer within ${CHECK_MS_MAX} ms`);
  });
  try {
    const reason = await Promise.race([check(), silence]);
    return { name, ok: reason === null, reason };
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'failed';
    return { name, ok: false, reason };
  } finally {
    clearTimeout(timer);
  }
};
