import { once } from 'node:events';
import { startPostgres } from './server.js';

/** A server by hand: tells the URL of an empty database and stays until its input or Ctrl-C ends it. */
const server = await startPostgres();
process.stdout.write(`${await server.createDatabase('casement')}\n`);
process.stdin.resume();
await Promise.race([once(process.stdin, 'end'), once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await server.stop();
process.stdin.destroy();
