import { AdapterError, type FormField, hostPort, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { httpFields, smppFields } from './login-fields.js';
import { check, httpInput, readSenders, smppInput } from './session.js';

type Done = Extract<LoginStep, { type: 'done' }>;

function finishSmpp(input: unknown): Done {
  const fields = check(smppInput, input);
  const session = { ...fields, flow: 'smpp', ...readSenders(fields.from, fields.region) };
  const peer = hostPort(session.host, session.port);
  const remoteId = `smpp:${session.systemId}@${peer}/${session.from}`;
  return { type: 'done', session, remoteId, remoteName: `${session.from} via ${session.host}` };
}

function finishHttp(input: unknown): Done {
  const fields = check(httpInput, input);
  const session = { ...fields, flow: 'http', ...readSenders(fields.from, fields.region) };
  const url = new URL(session.url);
  const remoteId = `http:${session.username}@${url.host}${url.pathname}/${session.from}`.slice(0, 512);
  return { type: 'done', session, remoteId, remoteName: `${session.from} via ${url.hostname}` };
}

/** Signing in asks for everything at once and reaches no server. */
export class SmsLogin implements LoginProcess {
  readonly #fields: FormField[];
  readonly #finish: (input: unknown) => Done;
  readonly #signal: AbortSignal;
  #over = false;

  constructor(flow: string, signal: AbortSignal) {
    if (flow !== 'smpp' && flow !== 'http') throw new AdapterError('rejected', `SMS has no sign-in called "${flow}"`);
    this.#fields = flow === 'smpp' ? smppFields : httpFields;
    this.#finish = flow === 'smpp' ? finishSmpp : finishHttp;
    this.#signal = signal;
  }

  async start(): Promise<LoginStep> {
    return { type: 'form', fields: this.#fields };
  }

  async next(input: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.#signal.aborted) throw new AdapterError('rejected', 'this sign-in is over, start again');
    const done = this.#finish(input);
    this.#over = true;
    return done;
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
