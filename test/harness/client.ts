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

/** Everything that can be asked of a running engine from outside, wherever it runs. */
export abstract class Client {
  readonly simulator = new Simulator(() => this.demo.url);

  abstract get demo(): Demo;

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

  get(path: string): Promise<Response> {
    return fetch(`${this.demo.url}${path}`);
  }
}
