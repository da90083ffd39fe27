import { type CaseMapping, caseMappings, usualChannelTypes } from './ids.js';

/** What a server says it supports (numeric 005). Values no server in its right mind gives are brought into bounds. */
export class Isupport {
  caseMapping: CaseMapping = 'rfc1459';
  channelTypes = usualChannelTypes;
  statusPrefixes = '';
  nickLength = 30;
  awayLength = 200;
  topicLength = 300;
  /** How many nicks may be watched; 0 where the server has no MONITOR. */
  monitor = 0;
  /** Modes of members and their signs, the mightiest first. */
  memberModes = new Map([
    ['o', '@'],
    ['v', '+'],
  ]);
  /** Channel modes that always have a parameter, and those that have one when they are set. */
  modesWithParameter = { always: 'beIk', set: 'l' };
  /** WHO answers the fields it is asked for. */
  whox = false;
  /** Most messages of a page of history; 0 is no limit of its own. */
  historyLimit = 0;
  /** Whether history is found by message ids and by times. */
  historyBy = { id: true, time: true };
  #denied = new Set<string>();
  #allowed = new Set<string>();

  /** Takes the parameters of one 005 line. */
  take(params: string[]): void {
    for (const token of params.slice(1, -1)) {
      const at = token.indexOf('=');
      const name = (at < 0 ? token : token.slice(0, at)).toUpperCase();
      if (Object.hasOwn(readers, name)) readers[name]?.(this, at < 0 ? '' : token.slice(at + 1));
    }
  }

  /** Whether the server passes a client's own tag on; named without its plus sign. */
  passesTag(name: string): boolean {
    if (this.#allowed.has(name)) return true;
    return !this.#denied.has('*') && !this.#denied.has(name);
  }

  denyTags(value: string): void {
    const names = value.split(',').slice(0, 100);
    this.#denied = new Set(names.filter((name) => !name.startsWith('-')));
    this.#allowed = new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  }
}

const signs = (value: string) => value.replace(/[^!-/:-@[-`{-~]/g, '').slice(0, 16);

const readers: Record<string, (support: Isupport, value: string) => void> = {
  CASEMAPPING: (support, value) => {
    support.caseMapping = caseMappings.find((one) => one === value.toLowerCase()) ?? 'ascii';
  },
  CHANTYPES: (support, value) => {
    const types = value.replace(/[^#&!+]/g, '');
    if (types !== '') support.channelTypes = types;
  },
  STATUSMSG: (support, value) => {
    support.statusPrefixes = signs(value);
  },
  NICKLEN: (support, value) => {
    support.nickLength = whole(value, 9, 64, 30);
  },
  AWAYLEN: (support, value) => {
    support.awayLength = whole(value, 20, 300, 200);
  },
  TOPICLEN: (support, value) => {
    support.topicLength = whole(value, 20, 390, 300);
  },
  MONITOR: (support, value) => {
    support.monitor = value === '' ? 100 : whole(value, 0, 100, 100);
  },
  PREFIX: (support, value) => {
    const [, modes = '', marks = ''] = /^\(([A-Za-z]{1,16})\)(.{1,16})$/.exec(value) ?? [];
    if (modes === '' || modes.length !== marks.length) return;
    support.memberModes = new Map([...modes].map((mode, at) => [mode, marks[at] ?? '']));
  },
  CHANMODES: (support, value) => {
    const [lists = '', always = '', set = ''] = value.split(',').map((one) => one.replace(/[^A-Za-z]/g, ''));
    support.modesWithParameter = { always: lists + always, set };
  },
  WHOX: (support) => {
    support.whox = true;
  },
  CHATHISTORY: (support, value) => {
    support.historyLimit = whole(value, 0, 10_000, 0);
  },
  MSGREFTYPES: (support, value) => {
    const types = value.split(',');
    support.historyBy = { id: types.includes('msgid'), time: types.includes('timestamp') };
  },
  CLIENTTAGDENY: (support, value) => support.denyTags(value),
};

/** A number brought between `least` and `most`; `otherwise` where it is none. */
function whole(value: string, least: number, most: number, otherwise: number): number {
  return /^\d{1,9}$/.test(value) ? Math.min(most, Math.max(least, Number(value))) : otherwise;
}
