import { Casement, type Starting } from '../harness/casement.js';
import { eventually } from '../harness/eventually.js';
import type { Ended } from '../harness/process.js';
import { Talk } from '../harness/talk.js';
import type { Random } from '../simulation/machine/random.js';
import { Broken, customer, type Customer } from './customer.js';
import { insists, keepsOn, says, sends, type Loading } from './load.js';
import { Outside } from './outside.js';
import { wholeOf } from './thread.js';
import { acknowledgedIn, isSettled, judge, judgeLog, type Order } from './verdict.js';

const talking = 6;
const closingEachRound = 3;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Domain time of a round: longer than a dispatch whose dispatcher is gone stays without an end. */
const roundMs = 3 * minuteMs;
const lateMs = 20_000;
const settlingStartsMax = 4;
const settlingTurns = 10;
const shownWithinMs = 30_000;
/** What a process is started with that nothing is done to. */
const sound = { CASEMENT_FAILPOINTS: '', NODE_OPTIONS: '' };

export type Tally = {
  webhooks: number;
  mutations: number;
  accepted: number;
  sms: number;
  notConfirmed: number;
  checks: number;
};

/** One data directory: rounds of load, each ended by a kill, and a verdict in the end. */
export class Lap {
  readonly tally = { checks: 0, notConfirmed: 0 };
  /** In which threads have to be shown. */
  order: Order = 'as asked';
  private rounds = 0;
  private targetMs = 0;

  private constructor(
    readonly casement: Casement,
    readonly outside: Outside,
    private readonly random: Random,
    private readonly open: readonly Customer[],
    private readonly closing: readonly Customer[],
  ) {}

  /** `rounds`: how many there will be at most. */
  static async start(
    random: Random,
    rounds: number,
    where: Pick<Starting, 'under' | 'program'> = {},
  ): Promise<Lap> {
    const outside = await Outside.listen();
    const casement = await Casement.start({ environment: outside.environment, ...where });
    outside.deliversTo(casement);
    const open = Array.from({ length: talking }, (_, index) => customer(`4477009001${10 + index}`));
    const closing = Array.from({ length: rounds * closingEachRound }, (_, index) =>
      customer(`447700${900_200 + index}`),
    );
    const lap = new Lap(casement, outside, random, open, closing);
    await lap.setsUp();
    await casement.stop();
    return lap;
  }

  get dataDirectory(): string {
    return this.casement.dataDirectory;
  }

  /** Runs until the process ends itself there; false when it never came there and was killed. */
  async round(failpoint: string): Promise<boolean> {
    this.rounds += 1;
    const isUp = await this.starts(failpoint);
    let isOver = !isUp;
    const ended = this.casement.ended.then((end) => {
      isOver = true;
      return end;
    });
    const late = setTimeout(() => void this.casement.kill(), lateMs);
    if (isUp) await this.loads(() => isOver);
    const { stderr, signal, stdout } = await ended;
    clearTimeout(late);
    if (signal !== 'SIGKILL') throw new Broken(`it ended by itself:\n${stdout}\n${stderr}`);
    this.outside.nothingTwice();
    return stderr.includes(`failpoint ${failpoint}`);
  }

  /** Load while something else than a kill is done to the process; it is killed in the end. */
  async spell(starting: Starting, act: () => Promise<void>): Promise<Ended> {
    this.rounds += 1;
    const environment = { ...sound, ...starting.environment };
    await this.casement.restart({ ...starting, environment });
    let isOver = false;
    const load = this.loads(() => isOver);
    try {
      // Load ends when something is broken, or when it is over.
      await Promise.race([act(), load]);
    } finally {
      isOver = true;
      await this.casement.kill();
      await load;
    }
    this.outside.nothingTwice();
    return this.casement.ended;
  }

  /** Until the views show all of the log; then it is killed. */
  async idles(): Promise<void> {
    await this.casement.restart({ environment: sound });
    await eventually('that it is ready', async () => {
      return (await this.casement.get('/health/ready')).status === 200;
    });
    await this.casement.kill();
  }

  /** How much has been acknowledged: webhooks and mutations. */
  get acknowledged(): number {
    const done = ({ acknowledged }: { readonly acknowledged: boolean }): boolean => acknowledged;
    return this.everybody().reduce(
      (all, { said, wanted }) => all + said.filter(done).length + wanted.filter(done).length,
      0,
    );
  }

  /** Who writes all the time, so that their windows never end. */
  get talkers(): readonly Customer[] {
    return this.open;
  }

  /** The next start is so much later. */
  waits(ms: number): void {
    this.targetMs += ms;
  }

  /** The views of a process that is gone, against what the log gives. */
  async checkViews(): Promise<void> {
    const { code, stdout, stderr } = await this.casement.command('rebuild', '--check');
    if (code !== 0) throw new Broken(`the views are not what the log gives: ${stdout}${stderr}`);
    this.tally.checks += 1;
  }

  /** Everything that was asked is asked until it is answered, and comes to its end; then the verdict. */
  async settles(): Promise<Tally> {
    if (!(await this.starts(''))) throw new Broken('it does not start any more');
    const { casement, outside, random } = this;
    const loading: Loading = { casement, outside, random, isOver: () => false };
    await this.passesTime(() => false);
    for (const each of this.everybody()) {
      const isOwed = ({ acknowledged }: { acknowledged: boolean }): boolean => !acknowledged;
      while (each.said.some(isOwed))
        await insists(
          () => says(each, loading),
          () => false,
        );
      while (each.wanted.some(isOwed))
        await insists(
          () => sends(each, loading),
          () => false,
        );
    }
    await Promise.all(this.everybody().map((each) => this.looks(each, () => false)));
    await this.comesToRest();
    for (const each of this.everybody()) await this.judges(each);
    outside.nothingTwice();
    judgeLog((await casement.command('events')).stdout, this.everybody());
    const parked = await casement.command('parked', 'list');
    if (!/nothing is parked/.test(parked.stdout)) throw new Broken(`parked: ${parked.stdout}`);
    await this.checkViews();
    return this.sum();
  }

  /** Time passes until everything has come to its end, or nothing more is to be waited for. */
  private async comesToRest(): Promise<void> {
    const left = new Set(this.everybody());
    for (let start = 0; start < settlingStartsMax && left.size > 0; start += 1) {
      // Each start reads anew in Twilio's list what became of SMS.
      await this.casement.kill();
      await this.starts('');
      for (let turn = 0; turn < settlingTurns && left.size > 0; turn += 1) {
        await this.casement.simulator.moves({ advance: 'PT1M' });
        await this.lookThrough(left);
      }
    }
  }

  /** Takes out those for whom everything has come to its end. */
  private async lookThrough(left: Set<Customer>): Promise<void> {
    for (const each of left) if (isSettled(await wholeOf(this.casement, each))) left.delete(each);
  }

  async remove(): Promise<void> {
    await this.casement.remove();
    await this.outside.close();
  }

  /** Ends it, and leaves the data where they are. */
  async leave(): Promise<void> {
    await this.casement.kill();
    await this.outside.close();
  }

  private everybody(): readonly Customer[] {
    return [...this.open, ...this.closing];
  }

  /** Windows of those that are closing end one after the other, some in each round. */
  private async setsUp(): Promise<void> {
    const { casement, outside } = this;
    const talk = new Talk(casement);
    this.targetMs = Date.parse(await casement.simulator.now());
    for (const [index, each] of [...this.everybody()].entries()) {
      const said = { text: 'i0', isFile: false, acknowledged: false };
      each.said.push(said);
      const round = Math.floor((index - talking) / closingEachRound) + 1;
      const atMs = this.targetMs + (index < talking ? 0 : round * roundMs - dayMs);
      said.acknowledged = await outside.delivers(each, said, atMs);
    }
    for (const each of this.everybody())
      each.conversationId = await eventually(`the thread of ${each.phone}`, async () => {
        return (await talk.conversationWith(each.phone))?.id;
      });
  }

  private async starts(failpoint: string): Promise<boolean> {
    const environment = { ...sound, CASEMENT_FAILPOINTS: failpoint };
    try {
      await this.casement.restart({ environment });
      return true;
    } catch (error) {
      const { stderr } = await this.casement.kill();
      if (failpoint === '' || !stderr.includes(`failpoint ${failpoint}`)) throw error;
      return false;
    }
  }

  /** Moves domain time on to where this round begins, unless an earlier start got so far. */
  private async passesTime(isOver: () => boolean): Promise<boolean> {
    const { simulator } = this.casement;
    this.targetMs += roundMs;
    return insists(async () => {
      const nowMs = Date.parse(await simulator.now());
      const to = new Date(this.targetMs + minuteMs).toISOString();
      const now = nowMs < this.targetMs ? await simulator.moves({ to }) : await simulator.now();
      this.outside.offsetMs = Date.parse(now) - Date.now();
    }, isOver);
  }

  private async loads(isOver: () => boolean): Promise<void> {
    const { casement, outside, random } = this;
    const loading: Loading = { casement, outside, random, isOver };
    if (!(await this.passesTime(isOver))) return;
    const first = (this.rounds - 1) * closingEachRound;
    const closed = this.closing.slice(0, first + closingEachRound);
    const untried = closed.filter(({ wanted }) => wanted.length === 0).slice(0, closingEachRound);
    const tried = closed.filter(({ wanted }) => wanted.length > 0);
    const again = tried.slice(random.below(Math.max(tried.length, 1))).slice(0, 1);
    const talkers = this.open.flatMap((each) => [
      keepsOn(() => says(each, loading), loading),
      keepsOn(() => sends(each, loading), loading),
    ]);
    const knocks = [...untried, ...again].map(async (each) => {
      for (let time = 0; time < 2; time += 1) await insists(() => sends(each, loading), isOver);
    });
    const looks = this.open.map((each) => this.looks(each, isOver));
    await Promise.all([...talkers, ...knocks, ...looks]);
  }

  /** What was acknowledged before this start is shown soon, unless the process is gone first. */
  private async looks(of: Customer, isOver: () => boolean): Promise<void> {
    const look = acknowledgedIn(this.casement, of, this.order);
    const givenUpAtMs = performance.now() + shownWithinMs;
    await insists(async () => {
      const missing = await look();
      if (missing === null) return;
      if (performance.now() > givenUpAtMs) throw new Broken(`${missing} is lost`);
      throw new Error('not yet');
    }, isOver);
  }

  private async judges(of: Customer): Promise<void> {
    const nodes = await wholeOf(this.casement, of);
    judge(of, nodes, this.outside, this.order);
    this.tally.notConfirmed += nodes.filter(({ status }) => status === 'NOT_CONFIRMED').length;
  }

  private sum(): Tally {
    const count = (of: (each: Customer) => readonly unknown[]): number =>
      this.everybody().reduce((all, each) => all + of(each).length, 0);
    const { graph, twilio } = this.outside;
    return {
      ...this.tally,
      webhooks: count(({ said }) => said),
      mutations: count(({ wanted }) => wanted),
      accepted: graph.accepted.length,
      sms: twilio.accepted.length,
    };
  }
}
