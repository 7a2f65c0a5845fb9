import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Binaries, User } from './binaries.js';

/**
 * The shell that starts a server and outlives us: it waits for one line, `<signal> keep` or
 * `<signal>`, and when nobody is left to write it, takes the server down and its directory away.
 */
const script = `
directory=$1; binaries=$2; shift 2
if [ ! -d "$directory/data" ]; then
  "$binaries/initdb" -D "$directory/data" -U postgres --pwfile="$directory/password" \\
    --auth=password --encoding=UTF8 --locale=C --no-sync --no-instructions >/dev/null ||
    { rm -rf "$directory"; exit 1; }
fi
"$binaries/postgres" -D "$directory/data" "$@" &
server=$!
read -r signal then
kill -s "\${signal:-QUIT}" "$server" 2>/dev/null
wait "$server"
[ "$then" = keep ] || rm -rf "$directory"
`;

const isReady = 'database system is ready to accept connections';
const logLengthMax = 100_000;

export type Launch = {
  readonly directory: string;
  readonly binaries: Binaries;
  readonly user: User | null;
  readonly port: number;
  readonly settings: { readonly [name: string]: string };
};

/** One life of a server on its data directory, and what it said. */
export class Keeper {
  private said = '';

  private constructor(private readonly shell: ChildProcess) {
    shell.stderr?.on('data', (data: Buffer) => {
      this.said = (this.said + data.toString('utf8')).slice(-logLengthMax);
    });
    // The server may be gone before the line is written.
    shell.stdin?.on('error', () => undefined);
  }

  /** Resolves once the server takes connections; throws, with what it said, when it ends instead. */
  static async launch({ directory, binaries, user, port, settings }: Launch): Promise<Keeper> {
    const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const shell = spawn('sh', ['-c', script, 'sh', directory, binaries.folder, ...flags], {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', ...binaries.environment },
      // A group of its own: what interrupts us is told to it by the end of its input.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      ...user,
    });
    const keeper = new Keeper(shell);
    await keeper.ready();
    keeper.hold(false);
    return keeper;
  }

  get log(): string {
    return this.said;
  }

  /** QUIT: at once, as a crash does it; INT: in order, once every transaction has been broken off. */
  async end(signal: 'QUIT' | 'INT', directory: 'keep' | 'remove'): Promise<void> {
    this.hold(true);
    const ended = once(this.shell, 'close');
    this.shell.stdin?.end(`${signal} ${directory}\n`);
    await ended;
  }

  private async ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.shell.stderr?.on('data', () => {
        if (this.said.includes(isReady)) resolve();
      });
      this.shell.once('error', reject);
      this.shell.once('close', () => {
        reject(new Error(`PostgreSQL did not start:\n${this.said}`));
      });
    });
  }

  /** A server that nobody stops must not keep a process alive. */
  private hold(held: boolean): void {
    const change = held ? 'ref' : 'unref';
    this.shell[change]();
    for (const stream of [this.shell.stdin, this.shell.stderr])
      if (stream instanceof Socket) stream[change]();
  }
}

export const passwordFile = (directory: string): string => join(directory, 'password');
