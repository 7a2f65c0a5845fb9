// The HTTP interface of the simulator: the same that anybody else may use.
const asJson = (body) =>
  body === undefined
    ? {}
    : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };

const reach = async (path, method, body) => {
  try {
    return await fetch(`/simulator${path}`, { method, ...asJson(body) });
  } catch {
    throw new Error('The simulator does not answer. Is it running?');
  }
};

/** What the simulator answers; an error says in its words why it refused. */
export const ask = async (path, method, body) => {
  const response = await reach(path, method, body);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
};

export const phonePath = (customer, rest = '') => `/phones/${encodeURIComponent(customer)}${rest}`;
