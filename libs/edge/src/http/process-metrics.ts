import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.js';

const LOOP_RESOLUTION_MS = 20;

/** Registers what every process has: memory, processor time, age, and how late its loop runs. */
export const registerProcessMetrics = (metrics: Metrics): void => {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  metrics.gauge(
    'nodejs_eventloop_lag_seconds',
    'p99 of the loop’s lateness since the last look',
    () => {
      const lagSeconds = delay.percentile(99) / 1e9;
      delay.reset();
      return lagSeconds;
    },
  );
  metrics.gauge('process_resident_memory_bytes', 'Memory held by the process', () =>
    process.memoryUsage.rss(),
  );
  metrics.gauge('process_cpu_seconds', 'Processor time used so far', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge('process_uptime_seconds', 'Age of the process', () => process.uptime());
};
