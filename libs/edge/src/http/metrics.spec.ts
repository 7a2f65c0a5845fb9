import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('metrics', () => {
  it('writes counters, gauges and histograms as Prometheus reads them', async () => {
    const metrics = new Metrics();
    const dispatched = metrics.counter('dispatch_total', 'Sends by outcome');
    dispatched.add({ outcome: 'accepted' });
    dispatched.add({ outcome: 'accepted' }, 2);
    metrics.gauge('clients', 'Open sockets', () => 7);
    const seconds = metrics.histogram('ack_seconds', 'Time to acknowledge', [0.1, 1]);
    seconds.observe({}, 0.1);
    seconds.observe({}, 0.65);
    seconds.observe({}, 2);
    expect(await metrics.text()).toBe(
      [
        '# HELP dispatch_total Sends by outcome',
        '# TYPE dispatch_total counter',
        'dispatch_total{outcome="accepted"} 3',
        '# HELP clients Open sockets',
        '# TYPE clients gauge',
        'clients 7',
        '# HELP ack_seconds Time to acknowledge',
        '# TYPE ack_seconds histogram',
        'ack_seconds_bucket{le="0.1"} 1',
        'ack_seconds_bucket{le="1"} 2',
        'ack_seconds_bucket{le="+Inf"} 3',
        'ack_seconds_sum 2.75',
        'ack_seconds_count 3',
        '',
      ].join('\n'),
    );
  });

  it('keeps two hundred label combinations and counts the rest as other', async () => {
    const metrics = new Metrics();
    const counted = metrics.counter('odd_total', 'Odd');
    for (let index = 0; index < 1_000; index += 1) counted.add({ code: `${index}` });
    const lines = (await metrics.text()).trim().split('\n').slice(2);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('odd_total{code="other"} 800');
  });

  it('reads gauges when it is asked, and does without those that cannot be read', async () => {
    const metrics = new Metrics();
    const parked = [
      { labels: { follower: 'inbox' }, value: 3 },
      { labels: { follower: 'sms' }, value: 0 },
    ];
    metrics.gauges('parked', 'Parked', async () => parked);
    metrics.gauges('lost', 'Lost', () => Promise.reject(new Error('the store is closed')));
    expect((await metrics.text()).split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'parked{follower="inbox"} 3',
      'parked{follower="sms"} 0',
      '',
    ]);
  });

  it('escapes label values, and refuses a name twice', async () => {
    const metrics = new Metrics();
    metrics.counter('one_total', 'One').add({ path: 'a"b\\c\nd' });
    expect(await metrics.text()).toContain('one_total{path="a\\"b\\\\c\\nd"} 1');
    expect(() => metrics.counter('one_total', 'Again')).toThrow('registered twice');
  });
});
