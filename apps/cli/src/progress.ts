/** Between two lines of progress. What ends sooner needs none. */
const progressEveryMs = 1_000;

/** Tells at most one line a second; ends the work, by throwing, once it has been interrupted. */
export const progressTo = ({
  tell,
  interrupted,
}: {
  readonly tell: (line: string) => void;
  readonly interrupted: AbortSignal;
}): ((line: () => string) => void) => {
  let toldAtMs = performance.now();
  return (line) => {
    interrupted.throwIfAborted();
    const nowMs = performance.now();
    if (nowMs - toldAtMs < progressEveryMs) return;
    toldAtMs = nowMs;
    tell(line());
  };
};

/** A count as people read it: 1,234,567. */
export const counted = (count: number): string => count.toLocaleString('en-GB');

/** `1 row`, `2 rows`. */
export const plural = (count: number, noun: string): string =>
  `${counted(count)} ${noun}${count === 1 ? '' : 's'}`;
