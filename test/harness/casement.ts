import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Process, type Ended, type Environment } from './process.js';
import { Simulator } from './simulator.js';
import { Subscriber, type Told } from './subscriber.js';
import { postSigned } from './webhook.js';

export type TokenName = 'manager' | 'agent' | 'viewer' | 'embedded' | 'otherOrganisation';

export type Demo = {
  readonly url: string;
  readonly graphqlUrl: string;
  readonly graphqlWsUrl: string;
  readonly tokens: { readonly [Name in TokenName]: string };
  readonly number: { readonly id: string; readonly phoneNumberId: string };
  readonly smsNumber: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly twilioAccountSid: string;
  readonly twilioAuthToken: string;
};

export type Answer<T> = {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly (Told & {
    readonly extensions: { readonly code: string; readonly field?: string };
  })[];
};

export type Variables = { readonly [name: string]: unknown };

export type Starting = {
  readonly environment?: Environment;
  readonly fileKiBMax?: number;
};

/**
 * The real process on a data directory of its own, and everything that can be asked of it from
 * outside. It can be ended and started again on the same data and the same port.
 */
export class Casement {
  readonly simulator = new Simulator(() => this.demo.url);

  private constructor(
    readonly dataDirectory: string,
    private starting: Starting,
    private process: Process,
    private told: Demo,
  ) {}

  static async start(starting: Starting = {}): Promise<Casement> {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-'));
    const process = launch(dataDirectory, starting);
    await process.up();
    return new Casement(dataDirectory, starting, process, await readDemo(dataDirectory));
  }

  get demo(): Demo {
    return this.told;
  }

  /** Starts it again on the same data and port; what `starting` does not say stays as it was. */
  async restart(starting: Starting = {}): Promise<void> {
    const { port } = new URL(this.demo.url);
    const environment = { ...this.starting.environment, PORT: port, ...starting.environment };
    this.starting = { ...starting, environment };
    this.process = launch(this.dataDirectory, this.starting);
    await this.process.up();
    this.told = await readDemo(this.dataDirectory);
  }

  stop(): Promise<Ended> {
    return this.process.end('SIGTERM');
  }

  kill(): Promise<Ended> {
    return this.process.end('SIGKILL');
  }

  /** Ends it and takes its data away. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  async ask<T>(as: TokenName, query: string, variables: Variables = {}): Promise<Answer<T>> {
    return this.post(JSON.stringify({ query, variables }), {
      authorization: `Bearer ${this.demo.tokens[as]}`,
    });
  }

  /** Posts a body to GraphQL as it is. */
  async post<T>(body: string, headers: { readonly [name: string]: string }): Promise<Answer<T>> {
    const response = await fetch(this.demo.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const { data = null, errors = [] } = (await response.json()) as Partial<Answer<T>>;
    return { status: response.status, data, errors };
  }

  /** The data of an operation that must not fail. */
  async gql<T>(as: TokenName, query: string, variables: Variables = {}): Promise<T> {
    const { data, errors } = await this.ask<T>(as, query, variables);
    if (data === null || errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  }

  subscribe<T>(as: TokenName, query: string, variables: Variables = {}): Subscriber<T> {
    return new Subscriber<T>(this.demo.graphqlWsUrl, this.demo.tokens[as], query, variables);
  }

  deliver(body: string | Buffer, appSecret = this.demo.appSecret): Promise<Response> {
    return postSigned(this.demo.url, body, appSecret);
  }

  /** `casement <verb>`, beside the running process. */
  command(...verb: readonly string[]): Promise<Ended> {
    return Process.command(this.dataDirectory, verb);
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.demo.url}${path}`);
  }
}

const launch = (dataDirectory: string, { environment = {}, fileKiBMax }: Starting): Process =>
  Process.launch({ dataDirectory, environment, fileKiBMax: fileKiBMax ?? null });

const readDemo = async (dataDirectory: string): Promise<Demo> =>
  JSON.parse(await readFile(join(dataDirectory, 'demo.json'), 'utf8'));
