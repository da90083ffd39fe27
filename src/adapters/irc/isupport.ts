import { type CaseMapping, caseMappings, usualChannelTypes } from './ids.js';

/** What a server says it supports (numeric 005). Values no server in its right mind gives are brought into bounds. */
export class Isupport {
  caseMapping: CaseMapping = 'rfc1459';
  channelTypes = usualChannelTypes;
  statusPrefixes = '';
  nickLength = 30;
  awayLength = 200;
  /** How many nicks may be watched; 0 where the server has no MONITOR. */
  monitor = 0;

  /** Takes the parameters of one 005 line. */
  take(params: string[]): void {
    for (const token of params.slice(1, -1)) {
      const at = token.indexOf('=');
      const name = (at < 0 ? token : token.slice(0, at)).toUpperCase();
      if (Object.hasOwn(readers, name)) readers[name]?.(this, at < 0 ? '' : token.slice(at + 1));
    }
  }
}

const readers: Record<string, (support: Isupport, value: string) => void> = {
  CASEMAPPING: (support, value) => {
    support.caseMapping = caseMappings.find((one) => one === value.toLowerCase()) ?? 'ascii';
  },
  CHANTYPES: (support, value) => {
    const types = value.replace(/[^#&!+]/g, '');
    if (types !== '') support.channelTypes = types;
  },
  STATUSMSG: (support, value) => {
    support.statusPrefixes = value.replace(/[^!-/:-@[-`{-~]/g, '').slice(0, 16);
  },
  NICKLEN: (support, value) => {
    support.nickLength = whole(value, 9, 64, 30);
  },
  AWAYLEN: (support, value) => {
    support.awayLength = whole(value, 20, 300, 200);
  },
  MONITOR: (support, value) => {
    support.monitor = value === '' ? 100 : whole(value, 0, 100, 100);
  },
};

/** A number brought between `least` and `most`; `otherwise` where it is none. */
function whole(value: string, least: number, most: number, otherwise: number): number {
  return /^\d{1,9}$/.test(value) ? Math.min(most, Math.max(least, Number(value))) : otherwise;
}
