// Exits with 0 when this container's process answers, else with 1: the image has no curl.
// `node health.mjs ready` asks whether it should get traffic, which is a balancer's question. Health
// is not readiness: a process whose database is away is not mended by ending it.
import { env, exit } from 'node:process';

const answerMsMax = 3_000;
const asked = process.argv[2] === 'ready' ? 'ready' : 'live';
const url = `http://127.0.0.1:${env.PORT || 3000}/health/${asked}`;

const isWell = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) }).then(
  ({ ok }) => ok,
  () => false,
);
exit(isWell ? 0 : 1);
