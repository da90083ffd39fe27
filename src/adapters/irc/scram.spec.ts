import { describe, expect, it } from 'vitest';
import { SaslServer } from '../../../test/lab/irc-sasl.js';
import { candidates, Sasl } from './sasl.js';
import { Scram, ScramFailed } from './scram.js';
import { readSettings } from './settings.js';

const given = (more: object = {}) =>
  readSettings({
    server: 'irc.test',
    port: 6697,
    tls: 'on',
    nick: 'parley',
    channels: [],
    password: 'pencil',
    ...more,
  });

describe('SCRAM', () => {
  it('is what RFC 5802 shows (SHA-1)', async () => {
    const scram = new Scram('SCRAM-SHA-1', 'user', 'pencil', 'fyko+d2lbbFgONRv9qkxdawL');
    expect(scram.first()).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
    const challenge = 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096';
    expect(await scram.final(challenge)).toBe(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    );
    scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
    expect(scram.verified).toBe(true);
  });

  it('is what RFC 7677 shows (SHA-256)', async () => {
    const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', 'rOprNGfwEbeRWgbNEkqO');
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    expect(await scram.final(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`)).toBe(
      `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    );
    scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    expect(scram.verified).toBe(true);
  });

  it('writes names so that they cannot be taken for more', () => {
    expect(new Scram('SCRAM-SHA-256', 'a=b,c', 'x', 'r').first()).toBe('n,,n=a=3Db=2Cc,r=r');
  });

  it('believes no server that makes up its side', async () => {
    const scram = () => new Scram('SCRAM-SHA-256', 'user', 'pencil', 'abc');
    for (const challenge of [
      '',
      'r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'r=xyz123,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'r=abc1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1',
      'r=abc1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=999999999',
      'e=other-error',
    ]) {
      await expect(scram().final(challenge)).rejects.toBeInstanceOf(ScramFailed);
    }
    const one = scram();
    await one.final('r=abc1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096');
    expect(() => one.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toThrow(/could not prove/);
    expect(() => scram().verify('v=AAAA')).toThrow(ScramFailed);
  });
});

describe('the mechanism', () => {
  it('is the strongest that the server offers and the person gave something for', () => {
    const all = 'PLAIN,EXTERNAL,SCRAM-SHA-1,SCRAM-SHA-256,ECDSA-NIST256P-CHALLENGE,SCRAM-SHA-512';
    const certificate = { clientCertificate: 'x', clientKey: 'x' };
    expect(candidates(given(certificate), all)).toEqual([
      ...['EXTERNAL', 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'],
    ]);
    expect(candidates(given({ ...certificate, password: undefined }), all)).toEqual(['EXTERNAL']);
    expect(candidates(given({ ...certificate, tls: 'off' }), all)[0]).toBe('SCRAM-SHA-512');
    expect(candidates(given(), 'EXTERNAL')).toEqual([]);
    expect(candidates(given(), '')).toEqual(['PLAIN']);
    expect(candidates(given({ password: undefined }), all)).toEqual([]);
  });

  it('is never again the one that shows the password, once another has worked', () => {
    expect(candidates(given({ mechanism: 'SCRAM-SHA-256' }), 'PLAIN,SCRAM-SHA-256')).toEqual(['SCRAM-SHA-256']);
    expect(candidates(given({ mechanism: 'SCRAM-SHA-256' }), 'PLAIN')).toEqual([]);
    expect(candidates(given({ mechanism: 'PLAIN' }), 'PLAIN')).toEqual(['PLAIN']);
  });
});

describe('a sign-in by SASL', () => {
  const accounts = [{ name: 'parley', password: 'pencil' }];

  /** Plays it against a server of another making; answers what was said and how it ended. */
  const played = async (settings: ReturnType<typeof given>, offered: string, tamper = (text: string) => text) => {
    const said: string[] = [];
    let ended: string | undefined;
    let server: SaslServer | undefined;
    const sasl: Sasl = new Sasl(settings, {
      write: (text) => {
        said.push(text);
        queueMicrotask(() => answer(text.slice('AUTHENTICATE '.length)));
      },
      refuse: (why) => {
        ended ??= `refused: ${why}`;
      },
      broken: (why) => {
        ended ??= `broken: ${why}`;
      },
    });
    const answer = (data: string) => {
      if (data === '*') return;
      if (!server) {
        server = new SaslServer(data, undefined, accounts);
        return server.begin() === 'refused' ? refuse() : sasl.onData('+');
      }
      const step = server.next(data === '+' ? '' : Buffer.from(data, 'base64').toString('utf8'));
      if (step === 'refused') return refuse();
      if ('challenge' in step) return sasl.onData(Buffer.from(tamper(step.challenge)).toString('base64'));
      if (sasl.onTaken()) ended ??= 'done';
    };
    const refuse = () => {
      server = undefined;
      sasl.onRefused('SASL authentication failed');
    };
    sasl.offered(offered);
    sasl.begin();
    for (let step = 0; step < 200 && ended === undefined; step++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return { ended, said };
  };

  it('is done without the password being said', async () => {
    const { ended, said } = await played(given(), 'PLAIN,SCRAM-SHA-256');
    expect(ended).toBe('done');
    expect(said[0]).toBe('AUTHENTICATE SCRAM-SHA-256');
    const words = said.map((line) => Buffer.from(line.slice('AUTHENTICATE '.length), 'base64').toString('latin1'));
    expect(words.some((text) => text.includes('pencil'))).toBe(false);
  });

  it('goes on to the next mechanism where one is refused, and asks the person at the end', async () => {
    const { said } = await played(given(), 'PLAIN,SCRAM-SHA-512');
    expect(said.filter((line) => !/ [A-Za-z0-9+/=]{20,}$/.test(line))).toEqual([
      'AUTHENTICATE SCRAM-SHA-512',
      'AUTHENTICATE PLAIN',
    ]);
    const wrong = await played(given({ password: 'wrong' }), 'PLAIN,SCRAM-SHA-256');
    expect(wrong.ended).toBe('refused: the server refused the password: SASL authentication failed');
  });

  it('is broken off where the server cannot prove that it knows the password', async () => {
    const { ended, said } = await played(given(), 'SCRAM-SHA-256', (text) => text.replace(/^v=..../, 'v=AAAA'));
    expect(ended).toBe('broken: it could not prove that it knows the password');
    expect(said.at(-1)).toBe('AUTHENTICATE *');
  });
});
