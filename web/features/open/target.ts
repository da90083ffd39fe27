import { link } from '../../lib/router';

/** Schemes whose links Parley opens, where the browser lets it. */
export const schemes = ['web+parley', 'mailto', 'sms', 'irc', 'ircs', 'xmpp', 'matrix'] as const;

/** Where a link leads. `networks`: the adapters that can go there; `join`: a room rather than a person. */
export type Target =
  | { is: 'place'; to: string }
  | { is: 'write'; networks: readonly string[] | 'email' | 'sms'; address: string; join: boolean; words: Words }
  | { is: 'unknown' };

type Words = { text: string; subject?: string };

const unknown: Target = { is: 'unknown' };

export function targetOf(uri: string): Target {
  const colon = uri.indexOf(':');
  const rest = uri.slice(colon + 1);
  try {
    switch (uri.slice(0, colon).toLowerCase()) {
      case 'web+parley':
        return ownTarget(rest);
      case 'mailto':
        return mailTarget(rest);
      case 'sms':
        return smsTarget(rest);
      case 'irc':
      case 'ircs':
        return ircTarget(rest);
      case 'xmpp':
        return xmppTarget(rest);
      case 'matrix':
        return matrixTarget(rest);
      default:
        return unknown;
    }
  } catch {
    // A stray percent sign.
    return unknown;
  }
}

function split(rest: string): { path: string; query: Map<string, string> } {
  const [path = '', query = ''] = rest.split(/\?(.*)/s);
  const pairs = query
    .split(/[&;]/)
    .filter(Boolean)
    .map((pair) => pair.split(/=(.*)/s))
    .map(([name = '', value = '']) => [name.toLowerCase(), decodeURIComponent(value)] as const);
  return { path, query: new Map(pairs) };
}

function write(
  networks: Extract<Target, { is: 'write' }>['networks'],
  address: string,
  { join = false, text = '', subject }: { join?: boolean; text?: string; subject?: string } = {},
): Target {
  if (!address) return unknown;
  return { is: 'write', networks, address, join, words: { text, ...(subject ? { subject } : {}) } };
}

/** `web+parley:c/<conversation>`, `web+parley:p/<contact>`, or any other place of the page. */
function ownTarget(rest: string): Target {
  const path = rest.replace(/^\/*(?:#?\/)?/, '');
  return /^[\w/-]+$/.test(path) ? { is: 'place', to: `${link.home}${path}` } : unknown;
}

/** RFC 6068. */
function mailTarget(rest: string): Target {
  const { path, query } = split(rest);
  const [address = ''] = decodeURIComponent(path || (query.get('to') ?? '')).split(',');
  return write('email', address.trim(), { text: query.get('body'), subject: query.get('subject') });
}

/** RFC 5724, and what telephones make of it: `sms:+1;?&body=`. */
function smsTarget(rest: string): Target {
  const { path, query } = split(rest);
  const [number = ''] = decodeURIComponent(path.replace(/^\/+/, '')).split(/[,;]/);
  return write('sms', number.replace(/[\s().-]/g, ''), { text: query.get('body') });
}

/** `irc://host/channel`, `irc://host/nick,isnick`; a channel may come without its `#`. */
function ircTarget(rest: string): Target {
  const path = /^\/\/[^/]*\/([^?]*)/.exec(rest)?.[1] ?? '';
  const [name = '', ...flags] = decodeURIComponent(path).split(',');
  if (flags.includes('isnick')) return write(['irc'], name);
  return write(['irc'], name && !/^[#&+!]/.test(name) ? `#${name}` : name, { join: true });
}

/** RFC 5122 and XEP-0147. */
function xmppTarget(rest: string): Target {
  const { path, query } = split(rest);
  const address = decodeURIComponent(path.replace(/^\/\/[^/]*\//, ''));
  return write(['xmpp'], address, { join: query.has('join'), text: query.get('body'), subject: query.get('subject') });
}

/** Matrix specification, appendix "URIs". */
function matrixTarget(rest: string): Target {
  const { path } = split(rest);
  const [kind, id] = path.replace(/^\/+/, '').split('/').map(decodeURIComponent);
  if (!id) return unknown;
  if (kind === 'u' || kind === 'user') return write(['matrix'], `@${id}`);
  if (kind === 'r' || kind === 'room') return write(['matrix'], `#${id}`, { join: true });
  return kind === 'roomid' ? write(['matrix'], `!${id}`, { join: true }) : unknown;
}
