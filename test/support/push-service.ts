import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { freePort } from './ports.js';

// biome-ignore lint/suspicious/noExplicitAny: a browser sees JSON, not our types
type Payload = any;
export type Push = {
  path: string;
  headers: IncomingHttpHeaders;
  payload: Payload;
  issuer: { aud: string; sub: string };
};

/** A browser as a push service knows it: it alone can read what is sent to it. */
type Browser = { keys: ECDH; auth: Buffer };

/**
 * A push service (RFC 8030) on loopback, with its browsers: it checks who sends (VAPID, RFC 8292), decrypts as a browser
 * does (RFC 8291, aes128gcm of RFC 8188), and can refuse.
 */
export class PushServiceDouble {
  readonly pushes: Push[] = [];
  /** Answered instead of 201. */
  status = 201;
  tries = 0;
  readonly #browsers = new Map<string, Browser>();
  #server: Server | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<PushServiceDouble> {
    const service = new PushServiceDouble(await freePort());
    service.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        service.tries += 1;
        if (service.status === 201) service.#take(request.url ?? '', request.headers, Buffer.concat(parts));
        response.writeHead(service.status).end();
      });
    });
    await new Promise<void>((resolve) => service.#server?.listen(service.port, '127.0.0.1', resolve));
    return service;
  }

  /** What a browser that subscribed gives to its page. */
  subscription(name: string): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const keys = createECDH('prime256v1');
    keys.generateKeys();
    const auth = randomBytes(16);
    this.#browsers.set(`/${name}`, { keys, auth });
    return {
      endpoint: `http://127.0.0.1:${this.port}/${name}`,
      keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    };
  }

  to(name: string): Payload[] {
    return this.pushes.filter(({ path }) => path === `/${name}`).map(({ payload }) => payload);
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): void {
    const browser = this.#browsers.get(path);
    if (!browser || headers['content-encoding'] !== 'aes128gcm') throw new Error(`no browser for ${path}`);
    const issuer = provenIssuer(headers.authorization ?? '');
    this.pushes.push({ path, headers, payload: JSON.parse(decrypt(browser, body)), issuer });
  }
}

function decrypt({ keys, auth }: Browser, body: Buffer): string {
  const salt = body.subarray(0, 16);
  const senderKey = body.subarray(21, 21 + body.readUInt8(20));
  const content = body.subarray(21 + senderKey.length);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey]);
  const secret = Buffer.from(hkdfSync('sha256', keys.computeSecret(senderKey), auth, info, 32));
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), length));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(content.subarray(-16));
  const padded = Buffer.concat([decipher.update(content.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}

function provenIssuer(authorization: string): { aud: string; sub: string } {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  const [head, claims, signature] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  const proof = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', signed, proof, Buffer.from(signature ?? '', 'base64url'))) throw new Error('not who it says');
  return JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
}
