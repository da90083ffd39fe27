import { Resolver } from 'node:dns/promises';
import { domainToASCII } from 'node:url';
import type { Clock, LoginContext } from '../../sdk/index.js';
import { type Found, readAutoconfig } from './autoconfig.js';
import { textOf } from './oauth.js';
import type { MailServer } from './settings.js';

/** The part of a DNS resolver that is used. */
export type Dns = Pick<Resolver, 'resolveSrv' | 'resolveMx' | 'cancel'>;

/** The whole search takes no longer than this; a step of a sign-in has a minute. */
const searchMs = 12_000;

const on = (host: string, port: number): MailServer => ({ host, port, tls: 'on' });
const starttls = (host: string, port: number): MailServer => ({ host, port, tls: 'starttls' });

/** Whose mail exchangers these are, for domains that say nothing else. */
const byExchanger: readonly [suffix: string, imap: MailServer, smtp: MailServer][] = [
  ['google.com', on('imap.gmail.com', 993), on('smtp.gmail.com', 465)],
  ['googlemail.com', on('imap.gmail.com', 993), on('smtp.gmail.com', 465)],
  ['outlook.com', on('outlook.office365.com', 993), starttls('smtp.office365.com', 587)],
  ['messagingengine.com', on('imap.fastmail.com', 993), on('smtp.fastmail.com', 465)],
  ['icloud.com', on('imap.mail.me.com', 993), starttls('smtp.mail.me.com', 587)],
  ['yahoodns.net', on('imap.mail.yahoo.com', 993), on('smtp.mail.yahoo.com', 465)],
  ['gmx.net', on('imap.gmx.net', 993), on('mail.gmx.net', 465)],
  ['web.de', on('imap.web.de', 993), starttls('smtp.web.de', 587)],
  ['zoho.com', on('imap.zoho.com', 993), on('smtp.zoho.com', 465)],
  ['zoho.eu', on('imap.zoho.eu', 993), on('smtp.zoho.eu', 465)],
  ['yandex.net', on('imap.yandex.com', 993), on('smtp.yandex.com', 465)],
  ['mailbox.org', on('imap.mailbox.org', 993), on('smtp.mailbox.org', 465)],
  ['migadu.com', on('imap.migadu.com', 993), on('smtp.migadu.com', 465)],
  ['ovh.net', on('ssl0.ovh.net', 993), on('ssl0.ovh.net', 465)],
  ['kundenserver.de', on('imap.ionos.de', 993), on('smtp.ionos.de', 465)],
];

export const systemDns = (): Dns => new Resolver({ timeout: 3000, tries: 2 });

/**
 * The servers of a mail address: what its domain publishes in DNS (RFC 6186, RFC 8314), then in its own autoconfig file,
 * then whose mail exchangers it uses. Undefined where nothing is found in time. No third party is asked.
 */
export async function discover(
  address: string,
  context: Pick<LoginContext, 'fetch' | 'clock' | 'signal'>,
  dns: Dns,
): Promise<Found | undefined> {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1).replace(/\.$/, ''));
  if (!domain || !/^[a-z0-9.-]{1,253}$/i.test(domain) || /^[\d.]+$/.test(domain)) return undefined;
  const abort = new AbortController();
  const signal = AbortSignal.any([context.signal, abort.signal]);
  const quiet = (work: Promise<Found | undefined>) => work.catch(() => undefined);
  const asked = [
    quiet(bySrv(domain, dns)),
    quiet(byFile(`https://autoconfig.${domain}/mail/config-v1.1.xml`, address, context, signal)),
    quiet(byFile(`https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`, address, context, signal)),
    quiet(byMx(domain, dns)),
  ];
  const found: (Found | undefined)[] = [];
  asked.forEach((one, index) => void one.then((answer) => (found[index] = answer)));
  await Promise.race([firstInOrder(asked), after(context.clock, searchMs, signal)]);
  abort.abort();
  dns.cancel();
  return found.find((one) => one !== undefined);
}

/** Waits for an answer that nothing before it in the order can better. */
async function firstInOrder(asked: Promise<Found | undefined>[]): Promise<void> {
  for (const one of asked) if (await one) return;
}

function after(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}

async function bySrv(domain: string, dns: Dns): Promise<Found | undefined> {
  const [imaps, imap, submissions, submission] = await Promise.all(
    ['_imaps', '_imap', '_submissions', '_submission'].map((name) => srv(`${name}._tcp.${domain}`, dns)),
  );
  const read = imaps ? on(imaps.name, imaps.port) : imap && starttls(imap.name, imap.port);
  // RFC 6186 knew only STARTTLS for submission; port 465 under the old name is TLS all the same.
  const send = submissions
    ? on(submissions.name, submissions.port)
    : submission && (submission.port === 465 ? on : starttls)(submission.name, submission.port);
  return read && send ? { imap: read, smtp: send } : undefined;
}

/** The best of a service's servers; a lone dot says that there is none. */
async function srv(name: string, dns: Dns): Promise<{ name: string; port: number } | undefined> {
  const records = await dns.resolveSrv(name).catch(() => []);
  const [best] = records
    .filter((one) => /^[a-z0-9_.-]{1,253}$/i.test(one.name) && one.name !== '.' && one.port > 0)
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight);
  return best && { name: best.name.toLowerCase(), port: best.port };
}

async function byFile(
  url: string,
  address: string,
  { fetch }: Pick<LoginContext, 'fetch'>,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const answer = await fetch(`${url}?emailaddress=${encodeURIComponent(address)}`, {
    headers: { accept: 'text/xml, application/xml' },
    signal,
  });
  return answer.ok ? readAutoconfig(await textOf(answer, 200_000), address) : undefined;
}

async function byMx(domain: string, dns: Dns): Promise<Found | undefined> {
  const records = await dns.resolveMx(domain);
  const [first] = records.sort((a, b) => a.priority - b.priority);
  const exchanger = first?.exchange.toLowerCase() ?? '';
  const known = byExchanger.find(([suffix]) => exchanger === suffix || exchanger.endsWith(`.${suffix}`));
  return known && { imap: known[1], smtp: known[2] };
}
