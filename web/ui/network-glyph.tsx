import type { Channel } from '../lib/api/types';
import { t } from '../lib/i18n';

const glyphs: Record<string, string> = {
  irc: 'M6.300 2.500 5 13.500M11 2.500 9.700 13.500M3 5.800h10.500M2.500 10.200H13',
  email: 'M2 3.500h12v9H2v-9Zm0 .5 6 4.800L14 4',
  sms: 'M4.500 1.800h7v12.400h-7V1.800ZM7.200 12h1.600',
  xmpp: 'M2.500 3.500c1 4.500 4 7.500 8.500 9M13.500 3.500c-1 4.500-4 7.500-8.500 9',
  matrix:
    'M4 2H2v12h2M12 2h2v12h-2M5.200 11V6m0 1.800C5.500 6.600 8 5.700 8 7.800V11m0-3.200c.3-1.200 2.800-2.100 2.800 0V11',
  telegram: 'm2 7.800 12-5-2 10.700-4-3-2 2.200-.5-4L12 4.500',
  echo: 'M8 8h.01M5.400 10.600a3.700 3.700 0 0 1 0-5.200M10.600 5.400a3.700 3.700 0 0 1 0 5.200M3.300 12.700a6.600 6.600 0 0 1 0-9.400M12.700 3.300a6.600 6.600 0 0 1 0 9.400',
  signal: 'M8 2a6 6 0 1 1-3 11.200L2 14l.8-3A6 6 0 0 1 8 2Z',
  whatsapp:
    'M8 2a6 6 0 1 1-3 11.200L2 14l.8-3A6 6 0 0 1 8 2ZM6 5.500c0 2.500 2 4.500 4.500 4.500l.3-1.500-1.500-.6-.7.7c-.8-.3-1.400-.9-1.700-1.700l.7-.7-.6-1.500-1 .8Z',
  discord:
    'M4.500 4c2.300-.8 4.700-.8 7 0 1.400 2.200 2 4.800 2 7.500-1 .8-2 1.300-3 1.500l-.8-1.300H6.300L5.500 13c-1-.2-2-.7-3-1.500 0-2.700.6-5.300 2-7.500ZM6 8.500h.01M10 8.500h.01',
  slack: 'M6 2.500v7M10 6.500v7M2.500 10h7M6.500 6h7',
};

/** Networks without a mark of their own get that of their channel. */
const byChannel: Record<Channel, string> = {
  im: 'M2.500 3h11v8H7.200L4 13.500V11H2.500V3Z',
  email: glyphs.email ?? '',
  sms: glyphs.sms ?? '',
};

const names: Record<string, string> = { irc: 'IRC', sms: 'SMS', xmpp: 'XMPP' };
const known = new Map<string, string>();

/** Names as the server's list of networks gives them. */
export function learnNetworkName(id: string, name: string): void {
  known.set(id, name);
}

export function networkName(id: string): string {
  if (id === 'email') return t('common.email');
  return known.get(id) ?? names[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}

const later = ['email', 'sms'];

/** Each network once: instant messages, then mail, then text messages, as everywhere. */
export const inOrder = (networks: readonly string[]): string[] =>
  [...new Set(networks)].sort((a, b) => later.indexOf(a) - later.indexOf(b));

type Props = { network: string; channel?: Channel; size?: number; title?: string; quiet?: boolean };

/** A small monochrome mark; with `quiet` it says nothing to a screen reader. */
export function NetworkGlyph({ network, channel = 'im', size = 14, title, quiet }: Props) {
  const label = title ?? networkName(network);
  const path = glyphs[network] ?? byChannel[channel];
  if (quiet) {
    return (
      <svg className="glyph" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    );
  }
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={label}>
      <title>{label}</title>
      <path d={path} />
    </svg>
  );
}
