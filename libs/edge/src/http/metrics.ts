/** How many label combinations one metric keeps; whatever comes after counts as `other`. */
const SERIES_MAX = 200;
const NAME = /^[a-z][a-z0-9_]*$/;

type Labels = { readonly [name: string]: string };
type Kind = 'counter' | 'gauge' | 'histogram';
type Lines = readonly string[];
type Metric = { readonly head: string; readonly lines: () => Lines | Promise<Lines> };
export type Reading = { readonly labels: Labels; readonly value: number };

export interface Counter {
  /** Adds one, or `by`. */
  add(labels: Labels, by?: number): void;
}

export interface Histogram {
  /** Counts one value, in the unit that the metric's name ends in. */
  observe(labels: Labels, value: number): void;
}

const escape = (value: string): string =>
  value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

const written = (labels: Labels): string => {
  const pairs = Object.keys(labels).sort();
  return pairs.map((name) => `${name}="${escape(labels[name] ?? '')}"`).join(',');
};

const withLabels = (name: string, labels: string): string =>
  labels === '' ? name : `${name}{${labels}}`;

/** Values by their labels, never more than SERIES_MAX and one. */
class Series<T> {
  readonly values = new Map<string, T>();

  at(labels: Labels, first: () => T): T {
    const key = written(labels);
    const isRoom = this.values.has(key) || this.values.size < SERIES_MAX;
    const others = () =>
      written(Object.fromEntries(Object.keys(labels).map((name) => [name, 'other'])));
    const kept = isRoom ? key : others();
    const value = this.values.get(kept) ?? first();
    this.values.set(kept, value);
    return value;
  }
}

/**
 * What operators read at /metrics, in Prometheus' text format. No label ever names an organisation.
 */
export class Metrics {
  private readonly metrics = new Map<string, Metric>();

  /** A number that only grows. Throws when the name is taken or no metric's name. */
  counter(name: string, help: string): Counter {
    const series = new Series<{ total: number }>();
    this.register(name, 'counter', help, () =>
      [...series.values].map(([labels, { total }]) => `${withLabels(name, labels)} ${total}`),
    );
    return {
      add: (labels, by = 1) => {
        series.at(labels, () => ({ total: 0 })).total += by;
      },
    };
  }

  /** A number that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.register(name, 'gauge', help, () => [`${name} ${read()}`]);
  }

  /** Numbers that are read when they are asked for; none while they cannot be read. */
  gauges(name: string, help: string, read: () => Promise<readonly Reading[]>): void {
    this.register(name, 'gauge', help, async () => {
      const readings = await read().catch((): readonly Reading[] => []);
      const known = readings.slice(0, SERIES_MAX);
      return known.map(({ labels, value }) => `${withLabels(name, written(labels))} ${value}`);
    });
  }

  /** Counts of values up to each of `bounds`, ascending, with their sum. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const series = new Series<{ counts: number[]; sum: number; count: number }>();
    this.register(name, 'histogram', help, () =>
      [...series.values].flatMap(([labels, { counts, sum, count }]) => {
        const bucket = (bound: string) =>
          withLabels(`${name}_bucket`, [labels, `le="${bound}"`].filter(Boolean).join(','));
        return [
          ...bounds.map((bound, index) => `${bucket(`${bound}`)} ${counts[index] ?? 0}`),
          `${bucket('+Inf')} ${count}`,
          `${withLabels(`${name}_sum`, labels)} ${sum}`,
          `${withLabels(`${name}_count`, labels)} ${count}`,
        ];
      }),
    );
    return {
      observe: (labels, value) => {
        const fresh = () => ({ counts: bounds.map(() => 0), sum: 0, count: 0 });
        const seen = series.at(labels, fresh);
        const first = bounds.findIndex((bound) => value <= bound);
        for (let i = first; i >= 0 && i < bounds.length; i += 1)
          seen.counts[i] = (seen.counts[i] ?? 0) + 1;
        seen.sum += value;
        seen.count += 1;
      },
    };
  }

  /** Everything known, as Prometheus reads it. */
  async text(): Promise<string> {
    const blocks = await Promise.all(
      [...this.metrics.values()].map(async ({ head, lines }) =>
        [head, ...(await lines())].join('\n'),
      ),
    );
    return `${blocks.join('\n')}\n`;
  }

  private register(name: string, kind: Kind, help: string, lines: Metric['lines']): void {
    if (!NAME.test(name) || this.metrics.has(name))
      throw new Error(`The metric ${name} is no name, or is registered twice.`);
    this.metrics.set(name, { head: `# HELP ${name} ${help}\n# TYPE ${name} ${kind}`, lines });
  }
}
