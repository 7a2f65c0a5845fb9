import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { correlated } from './correlation.js';
import { createLog, nestLog } from './log.js';

const recording = () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog('debug', destination), lines };
};

describe('the log', () => {
  it('S36: writes allowed names only, whatever it is given', () => {
    const { log, lines } = recording();
    const careless = {
      phone: '+447700900123',
      body: { text: 'canary' },
      token: 'eyJ',
      status: 200,
    };
    log.info({ ...careless, route: { nested: 'canary' } }, 'answered');
    expect(lines.join('')).not.toMatch(/4477|canary|eyJ/);
    expect(JSON.parse(lines.join(''))).toMatchObject({ status: 200, msg: 'answered' });
  });

  it('S36: writes of an error its name, code and frames, never its message', () => {
    const { log, lines } = recording();
    const error = Object.assign(new RangeError('canary +447700900123'), { code: 'E_RANGE' });
    log.error({ error }, 'failed');
    nestLog(log).error(error, 'stack with canary', 'SomeContext');
    expect(lines.join('')).not.toMatch(/canary|4477/);
    for (const line of lines) {
      const { name, code, frames } = JSON.parse(line).error;
      expect([name, code]).toEqual(['RangeError', 'E_RANGE']);
      expect(frames[0]).toMatch(/^at .*log\.spec/);
    }
  });

  it('S37: keeps a line break inside its line', () => {
    const { log, lines } = recording();
    log.warn({ reason: 'x\r\n{"level":"info","msg":"forged"}' }, 'odd');
    expect(lines.join('').trim().split('\n')).toHaveLength(1);
  });

  it('adds the correlation id of the request that is being served', async () => {
    const { log, lines } = recording();
    await correlated('correlate-me', async () => {
      await Promise.resolve();
      log.info({}, 'inside');
    });
    log.info({}, 'outside');
    expect(JSON.parse(lines[0] ?? '').correlationId).toBe('correlate-me');
    expect(JSON.parse(lines[1] ?? '').correlationId).toBeUndefined();
  });
});
