import { delivery, messagesChange, receiptChange, textItem } from '../harness/webhook.js';
import type { Casement } from '../harness/casement.js';
import { Graph, type Acceptance } from '../harness/graph.js';
import { MediaGraph } from '../harness/media-graph.js';
import { Twilio } from '../harness/twilio.js';
import { Broken, type Customer, type Said } from './customer.js';

const bytesOfFile = 40_000;
const secondMs = 1_000;

/** The providers: they outlive every process, and count what they have accepted. */
export class Outside {
  /** Domain time less the wall's, as the clock of the simulator was last seen. */
  offsetMs = 0;
  private casement: Casement | null = null;

  private constructor(
    readonly graph: Graph,
    readonly twilio: Twilio,
    private readonly files: MediaGraph,
  ) {}

  static async listen(): Promise<Outside> {
    const tell = (acceptance: Acceptance): Promise<boolean> => outside.receipt(acceptance);
    const files = await MediaGraph.listen(bytesOfFile);
    const outside: Outside = new Outside(
      await Graph.listen(tell, files),
      await Twilio.listen(),
      files,
    );
    // Nobody tells of an SMS: the poller finds in the list what became of it.
    outside.twilio.listedAs = 'delivered';
    return outside;
  }

  /** What a process is told of them. */
  get environment(): { readonly [name: string]: string } {
    return {
      WHATSAPP_GRAPH_URL: this.graph.url,
      WHATSAPP_ACCESS_TOKEN: 'a token of the graph api outside',
      WHATSAPP_MEDIA_HOSTS: '127.0.0.1',
      TWILIO_API_URL: this.twilio.url,
    };
  }

  deliversTo(casement: Casement): void {
    this.casement = casement;
  }

  /** Delivers what a customer said; true when it was taken. Rejects when nobody is there. */
  async delivers({ phone }: Customer, { text, isFile }: Said, atMs?: number): Promise<boolean> {
    const { casement } = this;
    if (casement === null) return false;
    const timestamp = Math.floor((atMs ?? Date.now() + this.offsetMs) / secondMs);
    const words = textItem({ from: phone, id: `wamid.${phone}.${text}`, timestamp, text });
    const { text: _, ...item } = words;
    const id = `${phone}${text.replace(/\D/g, '')}`;
    const file = { type: 'audio', audio: { id, mime_type: 'audio/ogg; codecs=opus', voice: true } };
    const said = isFile ? { ...item, ...file } : words;
    const { phoneNumberId } = casement.demo.number;
    const answer = await casement.deliver(delivery([messagesChange(phoneNumberId, [said])]));
    return answer.status === 200;
  }

  /** Throws Broken when a provider has accepted anything twice. */
  nothingTwice(): void {
    const seen = new Set<string>();
    for (const { to, text } of this.graph.accepted) {
      const message = `"${text}" to ${to}`;
      if (seen.has(message)) throw new Broken(`WhatsApp accepted ${message} twice`);
      seen.add(message);
    }
    for (const { to } of this.twilio.accepted) {
      if (seen.has(to)) throw new Broken(`${to} got two bridges within 24 hours`);
      seen.add(to);
    }
  }

  async close(): Promise<void> {
    await this.graph.close();
    await this.twilio.close();
    await this.files.close();
  }

  private async receipt({ wamid, to, phoneNumberId, callbackData }: Acceptance): Promise<boolean> {
    const timestamp = Math.floor((Date.now() + this.offsetMs) / secondMs);
    const receipt = { wamid, to, status: 'delivered', timestamp, callbackData };
    const body = delivery([receiptChange(phoneNumberId, receipt)]);
    return (await this.casement?.deliver(body))?.status === 200;
  }
}
