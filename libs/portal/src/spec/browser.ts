import { request, type IncomingHttpHeaders } from 'node:http';

export type Page = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

type Asked = {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly form?: { readonly [name: string]: string };
};

/** One browser: keeps its cookies and says of itself what browsers say. Follows no redirect. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly url: string,
    private readonly own: { readonly [name: string]: string } = {
      'sec-fetch-site': 'same-origin',
      origin: 'null',
    },
  ) {}

  get(path: string, headers: Asked['headers'] = {}): Promise<Page> {
    return this.ask(path, { headers });
  }

  post(path: string, form: Asked['form'] = {}): Promise<Page> {
    return this.ask(path, { method: 'POST', form, headers: this.own });
  }

  ask(path: string, { method = 'GET', headers = {}, form }: Asked): Promise<Page> {
    const body = form === undefined ? '' : new URLSearchParams(form).toString();
    const type = form && { 'content-type': 'application/x-www-form-urlencoded' };
    const options = {
      method,
      headers: {
        ...(this.cookies.size > 0 && { cookie: this.cookieHeader() }),
        ...(form && { 'content-length': `${Buffer.byteLength(body)}` }),
        ...type,
        ...headers,
      },
    };
    return new Promise((resolve, fail) => {
      const asked = request(`${this.url}${path}`, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          this.keep(answer.headers['set-cookie'] ?? []);
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        });
      });
      asked.on('error', fail).end(body);
    });
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep(set: readonly string[]): void {
    for (const cookie of set) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

/** What a page sends that may differ from one request to the next, whatever was asked. */
const passing = new Set(['date', 'x-correlation-id']);

/** An answer as an outsider can compare it: status, headers and bytes. */
export const comparable = ({ status, headers, body }: Page): string =>
  JSON.stringify([status, Object.entries(headers).filter(([name]) => !passing.has(name)), body]);
