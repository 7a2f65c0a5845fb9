import { parseArgs } from 'node:util';
import { startNode } from './node.js';
import type { Users } from './security/admission.js';

const usage = `node dist/test/eventstoredb-node/main.js --directory D [flags]

The embedded log behind EventStoreDB's protocol. Prints its connection string once it listens.

  --directory D  holds the log; made when it is missing
  --port P       to listen on, at 127.0.0.1; without it any that is free
  --no-batches   as an older server, which knows no BatchAppend
  --user N:P     speaks TLS, and only to who has this name and password
  --help         this`;

const PORT_MAX = 65_535;

type Flags = {
  readonly directory: string;
  readonly port: number;
  readonly withoutBatches: boolean;
  readonly users?: Users;
};

/** The flags, or what to print instead. */
const readFlags = (args: readonly string[]): Flags | string => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        directory: { type: 'string' },
        port: { type: 'string', default: '0' },
        'no-batches': { type: 'boolean', default: false },
        user: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (values.help) return usage;
    if (values.directory === undefined) return '--directory is missing';
    if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
      return `--port ${values.port} is no port`;
    const flags = { directory: values.directory, port, withoutBatches: values['no-batches'] };
    if (values.user === undefined) return flags;
    const [name = '', ...password] = values.user.split(':');
    return { ...flags, users: { [name]: password.join(':') } };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const flags = readFlags(process.argv.slice(2));
if (typeof flags === 'string') {
  say(flags);
  process.exitCode = flags === usage ? 0 : 2;
} else {
  const node = await startNode(flags);
  const stop = (): void => {
    // Closing lets go of everything that keeps the process.
    node.close().catch((error: unknown) => {
      say(String(error));
      process.exitCode = 1;
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  say(node.connectionString);
}
