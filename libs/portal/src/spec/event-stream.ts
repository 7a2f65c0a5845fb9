import { get, type IncomingMessage } from 'node:http';

export type StreamEvent = { readonly event: string; readonly id: string; readonly data: string };

/** What a browser's EventSource would hear, until `enough` says so or the server ends it. */
export const streamed = (
  url: string,
  headers: { readonly [name: string]: string },
  enough: (events: readonly StreamEvent[]) => boolean,
): Promise<readonly StreamEvent[]> =>
  new Promise((resolve, fail) => {
    const asked = get(url, { headers }, (answer) => {
      listen(answer, (events, isOver) => {
        if (!isOver && !enough(events)) return;
        resolve(events);
        asked.destroy();
      });
    });
    asked.on('error', fail);
  });

const listen = (
  answer: IncomingMessage,
  heard: (events: readonly StreamEvent[], isOver: boolean) => void,
): void => {
  let text = '';
  const events = (): readonly StreamEvent[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((block) => {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
        return field('event') === ''
          ? []
          : [{ event: field('event'), id: field('id'), data: field('data') }];
      });
  answer.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    heard(events(), false);
  });
  answer.on('end', () => heard(events(), true));
};
