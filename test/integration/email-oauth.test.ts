import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import email from '../../src/adapters/email/index.js';
import { AdapterError, type Connection, type JsonObject, type LoginStep } from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { labOrSkip } from '../support/lab.js';

const lab = await labOrSkip(['mail']);

/** Our account signs in at an OAuth provider of its own; Dovecot and, through it, Postfix ask that provider about tokens. */
if (lab) {
  const { mail } = lab;
  const { oauth } = mail;
  const certificate = await readFile(mail.caFile, 'utf8');
  const [me, alice] = mail.users as [(typeof mail.users)[number], (typeof mail.users)[number]];
  const servers = {
    ...{ imapHost: '127.0.0.1', imapPort: mail.imapsPort, smtpHost: '127.0.0.1', smtpPort: mail.submissionPort },
    ...{ smtpTls: 'starttls', certificate, backfill: 0 },
  };
  const form = () => ({
    ...{ address: me.address, clientId: oauth.clientId, clientSecret: oauth.clientSecret },
    ...{ authorizeUrl: oauth.authorizeUrl, tokenUrl: oauth.tokenUrl, scope: 'mail', ...servers },
  });
  let open: Connection[] = [];
  beforeEach(() => {
    oauth.consents = true;
    oauth.broken = false;
    oauth.lifetime = 3600;
  });
  afterEach(async () => {
    await Promise.all(open.map((connection) => connection.stop()));
    open = [];
  });

  /** What a browser does: goes where it is led, and brings back the query it comes back with. */
  const browse = async (step: LoginStep): Promise<Record<string, string>> => {
    if (step.type !== 'redirect') throw new Error(`not a redirect: ${JSON.stringify(step)}`);
    const answer = await fetch(step.url, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? 'none:');
    expect(`${back.origin}${back.pathname}`).toBe(loginContext().callbackUrl);
    const { state, ...query } = Object.fromEntries(back.searchParams);
    expect(state).toBe(loginContext().callbackState);
    return query;
  };

  const signIn = async (): Promise<JsonObject> => {
    const login = email.login('oauth', loginContext());
    await login.start();
    const done = await login.next(await browse(await login.next(form())));
    if (done.type !== 'done') throw new Error('the sign-in did not end');
    return done.session;
  };

  const connect = (session: JsonObject, host: FakeHost) => {
    const connection = email.open({ id: '1', remoteId: me.address, name: me.address, session }, host);
    open.push(connection);
    connection.start();
    return connection;
  };

  const sendTo = (connection: Connection, text: string) =>
    connection.chat(`to:${alice.address}`).send.message({
      ...{ key: crypto.randomUUID(), text, attachments: [], signal: new AbortController().signal },
    });

  const say = async (text: string) => {
    const smtp = createTransport({ host: mail.host, port: mail.smtpPort, tls: { rejectUnauthorized: false } });
    await smtp.sendMail({ from: alice.address, to: me.address, subject: 'Hello', text });
    smtp.close();
  };

  const failure = async (work: Promise<unknown>): Promise<AdapterError> => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AdapterError)) throw new Error(`expected an AdapterError, got ${String(error)}`);
    return error;
  };

  describe('signing in at the provider', () => {
    it('leads there and back, and reads and sends with the token it got', async () => {
      const session = await signIn();
      expect(oauth.asked.at(-1)).toEqual({ scope: 'mail', hint: me.address });
      expect(JSON.stringify(session)).not.toContain('"password"');
      const host = new FakeHost();
      const connection = connect(session, host);
      await host.untilState('online');
      await say('by token');
      await host.untilMessage('by token');
      expect((await sendTo(connection, 'sent by token')).proof).toBe('sent');
    });

    it('renews a token that ends, and keeps the one that renews it', async () => {
      oauth.lifetime = 90;
      const clock = new RunningClock();
      const session = await signIn();
      const host = new FakeHost({ clock });
      const connection = connect(session, host);
      await host.untilState('online');
      const before = oauth.refreshes;
      clock.skip(45_000);
      await sendTo(connection, 'with a new token');
      expect(oauth.refreshes).toBe(before + 1);
      // The provider replaces the refresh token at each use: without what was stored the next start could not sign in.
      await connection.stop();
      const again = new FakeHost();
      connect(host.sessions.at(-1)!, again);
      await again.untilState('online');
      expect(host.sessions.at(-1)).not.toEqual(session);
    });

    it('renews a token that a server refuses before its time', async () => {
      const session = await signIn();
      oauth.expire();
      const host = new FakeHost();
      const connection = connect(session, host);
      await host.untilState('online');
      expect(host.states.map((state) => state.is)).not.toContain('needs-login');
      oauth.expire();
      await sendTo(connection, 'refused first');
    });

    it('asks for a new sign-in when the consent is taken back, and works after it', async () => {
      const session = await signIn();
      oauth.revoke();
      const host = new FakeHost();
      const connection = connect(session, host);
      const state = await host.untilState('needs-login');
      expect(state).toMatchObject({ why: expect.stringContaining('Sign in again') });
      expect((await failure(sendTo(connection, 'never'))).kind).toBe('auth');
      expect(JSON.stringify(host.states)).not.toContain(oauth.clientSecret);
      const again = new FakeHost();
      connect(await signIn(), again);
      await again.untilState('online');
    });

    it('stops reading too when sending finds out that the consent is gone', async () => {
      const host = new FakeHost();
      const connection = connect(await signIn(), host);
      await host.untilState('online');
      oauth.revoke();
      expect((await failure(sendTo(connection, 'never'))).kind).toBe('auth');
      expect(await host.untilState('needs-login')).toMatchObject({ why: expect.stringContaining('Sign in again') });
    });

    it('waits while the provider has trouble', async () => {
      const session = await signIn();
      oauth.expire();
      oauth.broken = true;
      const host = new FakeHost();
      connect(session, host);
      expect(await host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('gives no token now') });
      oauth.broken = false;
      await host.untilState('online');
    });

    it('says what the provider said, and lets the person try again', async () => {
      const login = email.login('oauth', loginContext());
      await login.start();
      oauth.consents = false;
      const redirect = await login.next(form());
      expect((await failure(login.next(await browse(redirect)))).message).toContain('The person said no.');
      oauth.consents = true;
      const query = await browse(redirect);
      expect((await failure(login.next({ code: 'made up' }))).kind).toBe('rejected');
      expect((await failure(login.next({}))).kind).toBe('rejected');
      expect((await login.next(query)).type).toBe('done');
    });

    it('takes no code that another sign-in asked for', async () => {
      const [mine, other] = [email.login('oauth', loginContext()), email.login('oauth', loginContext())];
      const code = await browse(await mine.next(form()));
      await other.next(form());
      expect((await failure(other.next(code))).message).toContain('invalid_grant');
    });
  });

  describe('the form', () => {
    it('takes only addresses where a code is safe, and says which field is wrong', async () => {
      for (const [change, field] of [
        [{ authorizeUrl: 'http://mail.example.org/auth' }, 'authorizeUrl'],
        [{ tokenUrl: 'javascript:alert(1)' }, 'tokenUrl'],
        [{ tokenUrl: 'https://user:pass@x.test/' }, 'tokenUrl'],
        [{ authorizeUrl: '' }, 'authorizeUrl'],
        [{ clientId: ' ' }, 'clientId'],
        [{ provider: 'nobody' }, 'provider'],
        [{ address: 'x' }, 'address'],
      ] as const) {
        const error = await failure(email.login('oauth', loginContext()).next({ ...form(), ...change }));
        expect(error.kind).toBe('rejected');
        expect(Object.keys(error.fields ?? {})).toContain(field);
      }
    });

    it('knows the addresses of big providers', async () => {
      const login = email.login('oauth', loginContext());
      const step = await login.next({ address: 'me@gmail.com', provider: 'google', clientId: 'mine' });
      if (step.type !== 'redirect') throw new Error('not a redirect');
      const { host, searchParams } = new URL(step.url);
      expect(host).toBe('accounts.google.com');
      expect(Object.fromEntries(searchParams)).toMatchObject({
        ...{ response_type: 'code', client_id: 'mine', access_type: 'offline', scope: 'https://mail.google.com/' },
        ...{ code_challenge_method: 'S256', state: 'login-under-test' },
      });
    });
  });
}
