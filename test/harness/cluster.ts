import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventLog, openEventStoreDb, openPostgresKeys, type EventLog } from '#event-store';
import { catalogues } from '#platform';
import { startNodeApart } from '../eventstoredb-node/apart.js';
import type { EventStoreDbNode } from '../eventstoredb-node/node.js';
import { startPostgres, type PostgresServer } from '../postgres/index.js';
import { Client, type Demo } from './client.js';
import { readDemo } from './casement.js';
import { Process, type App, type Ended, type Environment } from './process.js';

/** One process of many, as a client reaches it. */
export class Member extends Client {
  constructor(
    readonly demo: Demo,
    private readonly process: Process,
  ) {
    super();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.signal(signal);
  }

  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended> {
    return this.process.end(signal);
  }

  /** What keeps it from getting traffic, by the name of what is wrong; empty when nothing does. */
  async whyNotReady(): Promise<{ readonly [name: string]: string }> {
    const response = await this.get('/health/ready');
    const { checks } = (await response.json()) as { readonly checks: readonly Checked[] };
    const wrong = checks.filter(({ ok }) => !ok);
    return Object.fromEntries(wrong.map(({ name, reason }) => [name, reason ?? '']));
  }
}

/** What is needed of the log's server here; who starts it may want more of it. */
export type Node = Pick<EventStoreDbNode, 'connectionString' | 'close'>;
type Checked = { readonly name: string; readonly ok: boolean; readonly reason: string | null };

/**
 * Gateways and workers in processes of their own, on one EventStoreDB and one PostgreSQL. The
 * organisations are those of the demo.
 */
export class Cluster {
  readonly gateways: Member[] = [];
  readonly workers: Member[] = [];

  private constructor(
    private readonly node: Node,
    readonly postgres: PostgresServer,
    private readonly dataDirectory: string,
    private readonly environment: Environment,
    private readonly demo: Demo,
  ) {}

  /** Stores, and what the demo puts there; no process runs yet. */
  static async found(
    more: Environment,
    startNode: (directory: string) => Promise<Node> = startNodeApart,
  ): Promise<Cluster> {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-'));
    const postgres = await startPostgres();
    const node = await startNode(join(dataDirectory, 'node'));
    const environment = {
      CASEMENT_EVENT_STORE: node.connectionString,
      CASEMENT_VIEW_STORE: await postgres.createDatabase(),
      ...secrets(),
      ...more,
    };
    const simulated = { ...environment, CASEMENT_SIMULATOR: 'on' };
    const founder = Process.launch({ dataDirectory, environment: simulated, fileKiBMax: null });
    await founder.up();
    const demo = await readDemo(dataDirectory);
    await founder.end('SIGTERM');
    return new Cluster(node, postgres, dataDirectory, environment, demo);
  }

  async startGateway(): Promise<Member> {
    const member = await this.start('gateway');
    this.gateways.push(member);
    return member;
  }

  async startWorker(): Promise<Member> {
    const member = await this.start('worker');
    this.workers.push(member);
    return member;
  }

  /** A member that has been ended, or is about to be: no request goes there any more. */
  forget(member: Member): void {
    for (const members of [this.gateways, this.workers]) {
      const index = members.indexOf(member);
      if (index >= 0) members.splice(index, 1);
    }
  }

  /** `casement <verb>`, beside the processes. */
  command(...verb: readonly string[]): Promise<Ended> {
    const environment = { ...this.environment, CASEMENT_SIMULATOR: 'off' };
    return Process.command(this.dataDirectory, environment, verb);
  }

  /** The log, to write to it beside the processes. */
  async openLog(): Promise<{ readonly log: EventLog; readonly close: () => Promise<void> }> {
    const key = Buffer.from(this.environment['CASEMENT_KEY_ENCRYPTION_KEY'] ?? '', 'base64');
    const { connectionString } = this.node;
    const { store, epoch, close } = await openEventStoreDb({ connectionString });
    const url = this.viewsUrl;
    const log = { epoch, isWritten: true };
    const keys = await openPostgresKeys({ url, keyEncryptionKey: key, log });
    const closeBoth = async (): Promise<void> => {
      await close();
      await keys.close();
    };
    return { log: createEventLog({ store, keys, catalogues }), close: closeBoth };
  }

  get viewsUrl(): string {
    return this.environment['CASEMENT_VIEW_STORE'] ?? '';
  }

  /** Ends everything and takes the data away. */
  async remove(): Promise<void> {
    await Promise.all([...this.gateways, ...this.workers].map((member) => member.end('SIGKILL')));
    await this.node.close();
    await this.postgres.stop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  private async start(app: App): Promise<Member> {
    const { dataDirectory } = this;
    const own = { HOST: '127.0.0.1', CASEMENT_PUBLIC_URL: publicUrl, CASEMENT_SIMULATOR: 'off' };
    const environment = { ...this.environment, ...own };
    const process = Process.launch({ dataDirectory, environment, fileKiBMax: null, app });
    const url = await process.up();
    const graphqlUrl = `${url}/graphql`;
    const graphqlWsUrl = graphqlUrl.replace('http:', 'ws:');
    return new Member({ ...this.demo, url, graphqlUrl, graphqlWsUrl }, process);
  }
}

/** Of the balancer that stands before the gateways elsewhere: nobody asks there in a test. */
const publicUrl = 'http://localhost:8080';

/** Those of the simulator are refused outside it. */
const secrets = (): Environment => ({
  CASEMENT_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  WHATSAPP_ACCESS_TOKEN: randomBytes(16).toString('hex'),
  WHATSAPP_APP_SECRET: randomBytes(16).toString('hex'),
  WHATSAPP_VERIFY_TOKEN: randomBytes(16).toString('hex'),
});
