import type { MailServer, TlsMode } from './settings.js';

/** What Mozilla's autoconfig format (config-v1.1) says of a provider. */
export type Found = { imap: MailServer; smtp: MailServer; username?: string };

const maxXml = 200_000;
const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
const modes: Record<string, TlsMode> = { SSL: 'on', STARTTLS: 'starttls' };

/**
 * Reads the few elements that matter. Servers without encryption are passed over: nobody should be led to one by a file
 * from the network.
 */
export function readAutoconfig(xml: string, address: string): Found | undefined {
  const text = withoutComments(xml.slice(0, maxXml));
  const imap = serverIn(text, 'incomingServer', 'imap', address);
  const smtp = serverIn(text, 'outgoingServer', 'smtp', address);
  if (!imap || !smtp) return undefined;
  return { imap: imap.server, smtp: smtp.server, ...(imap.username !== undefined && { username: imap.username }) };
}

function withoutComments(xml: string): string {
  const [start = '', ...rest] = xml.split('<!--');
  return start + rest.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : '')).join('');
}

function serverIn(xml: string, element: string, type: string, address: string) {
  for (const part of xml.split(`<${element}`).slice(1, 20)) {
    const block = part.slice(0, 20_000).split(`</${element}>`)[0]!;
    const head = block.slice(0, block.indexOf('>'));
    if (!new RegExp(`type\\s{0,5}=\\s{0,5}["']${type}["']`, 'i').test(head)) continue;
    const host = filled(textIn(block, 'hostname'), address)?.toLowerCase();
    const port = Number(textIn(block, 'port'));
    const tls = modes[textIn(block, 'socketType')?.toUpperCase() ?? ''];
    if (!host || !isHost(host) || !tls || !Number.isInteger(port) || port < 1 || port > 65_535) continue;
    return { server: { host, port, tls }, username: filled(textIn(block, 'username'), address) };
  }
  return undefined;
}

const isHost = (host: string) => host.length <= 253 && /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(host);

function textIn(block: string, element: string): string | undefined {
  const start = block.indexOf(`<${element}>`);
  const end = block.indexOf(`</${element}>`, start);
  if (start < 0 || end < 0) return undefined;
  const text = block.slice(start + element.length + 2, end).trim();
  if (text.length > 300 || /[<\p{Cc}]/u.test(text)) return undefined;
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity]!);
}

function filled(text: string | undefined, address: string): string | undefined {
  const at = address.lastIndexOf('@');
  return text
    ?.replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', address.slice(0, at))
    .replaceAll('%EMAILDOMAIN%', address.slice(at + 1));
}
