import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../repository.js';

/** Everything in one process, or a part of it. */
export type App = 'casement' | 'gateway' | 'worker';

const mainOf = (app: App): string => `dist/apps/${app}/src/main.js`;
const cli = join(root, 'dist/apps/cli/src/main.js');
const upWithinMs = 60_000;

export type Environment = { readonly [name: string]: string };

export type Launch = {
  readonly dataDirectory: string;
  readonly environment: Environment;
  /** No file may grow beyond this many KiB: what a full disk looks like; null: as large as it likes. */
  readonly fileKiBMax: number | null;
  /** Where the compiled files are, if not here. */
  readonly program?: string;
  /** What is started; if nothing is said, everything in one process. */
  readonly app?: App;
};

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A process of Casement, from the compiled files, as `npm start` starts it. */
export class Process {
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';
  private isOver = false;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString('utf8')));
    child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString('utf8')));
    // Whoever is interrupted leaves no process behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        process.off('exit', end);
        this.isOver = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      }),
    );
  }

  static launch(launch: Launch): Process {
    const { dataDirectory, environment, fileKiBMax, program = root, app = 'casement' } = launch;
    const env = environmentOf(dataDirectory, environment);
    const node = [process.execPath, '--enable-source-maps', join(program, mainOf(app))];
    const limited = `ulimit -f ${fileKiBMax ?? 'unlimited'}; exec "$0" "$@"`;
    const child = spawn('bash', ['-c', limited, ...node], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Process(child);
  }

  /** A verb of the command line, on the same data; resolves when it has ended. */
  static command(
    dataDirectory: string,
    environment: Environment,
    verb: readonly string[],
  ): Promise<Ended> {
    const env = environmentOf(dataDirectory, environment);
    const child = spawn(process.execPath, [cli, ...verb], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Process(child).ended;
  }

  /** Resolves with the address once it says that it is up; throws when it ends before. */
  async up(): Promise<string> {
    const saidSo = new Promise<string>((resolve) => {
      const look = (): void => {
        const url = /^Casement(?:’s \w+)? is up at (\S+)$/m.exec(this.stdout)?.[1];
        if (url !== undefined && this.stdout.endsWith('\n')) resolve(url);
      };
      this.child.stdout?.on('data', look);
    });
    const never = new Promise<never>((_, reject) => {
      const fail = (): void =>
        reject(new Error(`Casement did not come up:\n${this.stdout}\n${this.stderr}`));
      setTimeout(fail, upWithinMs).unref();
      void this.ended.then(fail);
    });
    return Promise.race([saidSo, never]);
  }

  /** Stops it, or lets it go on, as the system does it: it notices nothing. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Sends a signal and resolves when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended> {
    if (!this.isOver) this.child.kill(signal);
    return this.ended;
  }
}

/** Nothing of whoever runs the tests but what a process needs to be found. */
const environmentOf = (dataDirectory: string, environment: Environment): Environment => {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, PORT: '0', CASEMENT_DATA_DIR: dataDirectory, ...environment };
};
