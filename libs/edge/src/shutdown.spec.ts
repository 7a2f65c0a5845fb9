import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLog } from './http/log.js';
import { Shutdown } from './shutdown.js';
import type { ShutdownOptions } from './shutdown.js';

const never = () => new Promise<void>(() => undefined);

const recorded = (changes: Partial<ShutdownOptions>) => {
  const steps: string[] = [];
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const shutdown = new Shutdown({
    drain: () => void steps.push('not ready'),
    drainMs: 0,
    closers: [
      { name: 'sockets', close: () => void steps.push('sockets') },
      { name: 'store', close: async () => void steps.push('store') },
    ],
    closeMsMax: 10_000,
    exit: (code) => void steps.push(`exit ${code}`),
    log: createLog('info', destination),
    ...changes,
  });
  return { shutdown, steps, lines };
};

describe('the shutdown', () => {
  it('O2: is not ready first, closes in order and exits with 0', async () => {
    const { shutdown, steps } = recorded({});
    await shutdown.stop('SIGTERM');
    expect(steps).toEqual(['not ready', 'sockets', 'store', 'exit 0']);
  });

  it('closes what is left when one closer fails, and says which failed', async () => {
    const { shutdown, steps, lines } = recorded({});
    const failing = recorded({
      closers: [
        { name: 'sockets', close: () => Promise.reject(new Error('canary')) },
        { name: 'store', close: () => shutdown.stop('test') },
      ],
    });
    await failing.shutdown.stop('SIGTERM');
    expect(steps).toContain('exit 0');
    expect(failing.steps).toEqual(['not ready', 'exit 0']);
    expect(failing.lines.join('')).toContain('"closer":"sockets"');
    expect(lines.join('') + failing.lines.join('')).not.toContain('canary');
  });

  it('O2: exits at once with 1 at the second signal, in the pause or in a closer', async () => {
    for (const changes of [
      { drainMs: 60_000 },
      { closers: [{ name: 'stuck', close: never }], closeMsMax: 60_000 },
    ]) {
      const { shutdown, steps } = recorded(changes);
      const process = new EventEmitter();
      const unlisten = shutdown.listen(process);
      process.emit('SIGTERM', 'SIGTERM');
      expect(steps).toEqual(['not ready']);
      process.emit('SIGINT', 'SIGINT');
      await shutdown.stop('third');
      expect(steps.at(-1)).toBe('exit 1');
      unlisten();
      expect(process.listenerCount('SIGTERM')).toBe(0);
    }
  });

  it('exits with 1 when a closer does not come to an end in its time', async () => {
    const { shutdown, steps } = recorded({
      closers: [{ name: 'stuck', close: never }],
      closeMsMax: 10,
    });
    await shutdown.stop('SIGTERM');
    expect(steps).toEqual(['not ready', 'exit 1']);
  });

  it('shuts down once, however often it is asked at the end', async () => {
    const { shutdown, steps } = recorded({});
    await shutdown.stop('one');
    await shutdown.stop('two');
    expect(steps.filter((step) => step.startsWith('exit'))).toEqual(['exit 0']);
  });
});
