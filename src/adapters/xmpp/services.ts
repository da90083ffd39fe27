import type { Element } from '@xmpp/client';
import { AdapterError, type Host, limits, type OutgoingAttachment } from '../../sdk/index.js';
import { readJid } from './ids.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el, formValues, StanzaError, visible } from './wire.js';

const askMs = 10_000;
const maxItems = 30;

export type Disco = {
  features: Set<string>;
  identities: { category: string; type: string; name: string }[];
  forms: Element[];
};

/** What an address can do (XEP-0030). @throws StanzaError, AdapterError */
export async function disco(session: Session, to: string, ms = askMs): Promise<Disco> {
  const answer = await session.iq('get', to, el('query', { xmlns: ns.discoInfo }), ms);
  const query = answer.getChild('query', ns.discoInfo);
  const identities = query?.getChildren('identity') ?? [];
  return {
    features: new Set((query?.getChildren('feature') ?? []).slice(0, 500).map((one) => one.attrs.var ?? '')),
    identities: identities.slice(0, 20).map(({ attrs }) => ({
      ...{ category: attrs.category ?? '', type: attrs.type ?? '', name: visible(attrs.name ?? '', 200) },
    })),
    forms: query?.getChildren('x', ns.dataForm).slice(0, 20) ?? [],
  };
}

const nothing: Disco = { features: new Set(), identities: [], forms: [] };

/** What our server offers, learned at the beginning of a session. */
export class Services {
  account = nothing;
  server = nothing;
  /** The server's clock against ours; positive: it is ahead. */
  skewMs = 0;
  #upload: { jid: string; maxBytes: number } | undefined;
  known = false;

  constructor(
    private readonly session: Session,
    private readonly host: Host,
  ) {}

  get uploads(): boolean {
    return this.#upload !== undefined;
  }

  get givesIds(): boolean {
    return this.account.features.has(ns.mam) || this.account.features.has(ns.stanzaId);
  }

  get hasArchive(): boolean {
    return this.account.features.has(ns.mam);
  }

  async learn(): Promise<void> {
    const { session } = this;
    const { bare, domain } = session.jid;
    const quiet = (asked: Promise<Disco>) => asked.catch(() => nothing);
    const [account, server] = await Promise.all([
      quiet(disco(session, bare)),
      quiet(disco(session, domain)),
      this.#clock(),
    ]);
    this.account = account;
    this.server = server;
    await this.#findUpload(domain);
    this.known = true;
  }

  /** @throws AdapterError; nothing has been said to anyone then */
  async upload(file: OutgoingAttachment, signal: AbortSignal): Promise<string> {
    const service = this.#upload;
    if (!service) throw new AdapterError('rejected', 'This XMPP server takes no files.');
    const most = Math.min(service.maxBytes, limits.attachmentBytes);
    if (file.size > most) {
      throw new AdapterError(
        'rejected',
        `"${visible(file.name, 100)}" is larger than this server takes (${Math.floor(most / 1024)} KiB).`,
      );
    }
    const slot = await this.#slot(service.jid, file);
    const body = await bytesOf(file);
    let answer: Response;
    try {
      answer = await this.host.fetch(slot.put, {
        ...{ method: 'PUT', body, signal, redirect: 'error' },
        headers: { ...slot.headers, 'Content-Type': typeOf(file) },
      });
    } catch (cause) {
      throw new AdapterError('temporary', 'the file could not be uploaded', { cause });
    }
    await answer.body?.cancel().catch(() => {});
    if (answer.ok) return slot.get;
    const why = `the upload service refused the file (${answer.status})`;
    throw new AdapterError(answer.status >= 500 || answer.status === 429 ? 'temporary' : 'rejected', why);
  }

  async #slot(to: string, file: OutgoingAttachment) {
    const request = el('request', {
      ...{ xmlns: ns.upload, filename: nameOf(file), size: String(file.size) },
      'content-type': typeOf(file),
    });
    const answer = await this.session.iq('get', to, request).catch((error: unknown) => {
      if (!(error instanceof StanzaError)) throw error;
      const kind = error.type === 'wait' ? 'temporary' : 'rejected';
      throw new AdapterError(kind, `the upload service refused the file: ${error.message}`);
    });
    const slot = answer.getChild('slot', ns.upload);
    const put = slot?.getChild('put');
    const [putUrl, getUrl] = [address(put?.attrs.url), address(slot?.getChild('get')?.attrs.url)];
    if (!put || !putUrl || !getUrl) throw new AdapterError('temporary', 'the upload service gave no address');
    const allowed = put
      .getChildren('header')
      .filter(({ attrs }) => /^(authorization|cookie|expires)$/i.test(attrs.name ?? ''));
    const headers = allowed.map((one): [string, string] => [one.attrs.name ?? '', one.text().replace(/[\r\n]/g, '')]);
    return { put: putUrl, get: getUrl, headers: Object.fromEntries(headers) };
  }

  async #findUpload(domain: string): Promise<void> {
    const items = await this.session
      .iq('get', domain, el('query', { xmlns: ns.discoItems }), askMs)
      .then((answer) => answer.getChild('query', ns.discoItems)?.getChildren('item') ?? [])
      .catch(() => []);
    const jids = items.slice(0, maxItems).flatMap(({ attrs }) => readJid(attrs.jid)?.full ?? []);
    const offers = await Promise.all([domain, ...jids].map(async (jid) => this.#uploadAt(jid, domain)));
    this.#upload = offers.find((offer) => offer !== undefined);
  }

  async #uploadAt(jid: string, domain: string): Promise<{ jid: string; maxBytes: number } | undefined> {
    const found = jid === domain ? this.server : await disco(this.session, jid).catch(() => nothing);
    if (!found.features.has(ns.upload)) return undefined;
    const size = found.forms.map((form) => Number(formValues(form).get('max-file-size'))).find((bytes) => bytes > 0);
    return { jid, maxBytes: size ?? limits.attachmentBytes };
  }

  async #clock(): Promise<void> {
    const { clock } = this.host;
    const asked = clock.now();
    const answer = await this.session
      .iq('get', this.session.jid.domain, el('time', { xmlns: ns.time }), askMs)
      .catch(() => undefined);
    const theirs = Date.parse(answer?.getChild('time', ns.time)?.getChildText('utc') ?? '');
    const now = clock.now();
    if (!Number.isFinite(theirs)) return;
    // A server tells whole seconds; less than two tell nothing.
    const skew = theirs - (asked + now) / 2;
    this.skewMs = Math.abs(skew) < 2_000 ? 0 : Math.round(skew);
  }
}

/** Unencrypted only on this very machine. */
function address(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, hostname, href } = new URL(text);
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && local) ? href : undefined;
}

async function bytesOf(file: OutgoingAttachment): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await new Response(await file.open()).arrayBuffer());
  if (bytes.length !== file.size) throw new AdapterError('temporary', 'the file changed while it was read');
  return bytes;
}

const nameOf = ({ name }: OutgoingAttachment): string =>
  visible(name, 200)
    .replace(/[/\\<>:"|?*]/g, '_')
    .replace(/^\.+/, '') || 'file';
const typeOf = ({ type }: OutgoingAttachment): string =>
  /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream';
