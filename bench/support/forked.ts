import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The instant on a clock that all processes of this machine share, in ms. */
export const sharedNowMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** A compiled script in a process of its own, with which one talks in messages. */
export class Forked {
  private readonly child: ChildProcess;
  private readonly told: unknown[] = [];
  private wake: () => void = () => undefined;
  private hasEnded = false;

  constructor(script: URL, args: readonly string[]) {
    this.child = fork(script, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', (message) => {
      this.told.push(message);
      this.wake();
    });
    this.child.once('exit', () => {
      this.hasEnded = true;
      this.wake();
    });
  }

  tell(message: object): void {
    this.child.send(message);
  }

  /** What it tells next; the caller knows what that is. */
  async next<T>(): Promise<T> {
    while (this.told.length === 0) {
      if (this.hasEnded) throw new Error(`${this.child.spawnargs[1]} has ended`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this.told.shift() as T;
  }

  ask<T>(message: object): Promise<T> {
    this.tell(message);
    return this.next<T>();
  }

  async close(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** The other side: answers each message of the parent with what `answer` makes of it. */
export const serveParent = <Asked>(answer: (asked: Asked) => Promise<object>): void => {
  process.on('message', (asked) => {
    answer(asked as Asked).then(
      (told) => process.send?.(told),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
};
