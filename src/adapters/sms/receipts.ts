import type { Event } from '../../sdk/index.js';
import type { JournalState } from './journal.js';

export type Report = JournalState['early'][number];
type Proof = Report['proves'];

const groupsLimit = 200;
const earlyLimit = 200;
const groupLifeMs = 72 * 3_600_000;

/** Message states by name and number (SMPP 3.4 section 5.2.28 and appendix B). */
const states: { name: string; proves: Proof; reason: string }[] = [
  { name: 'SCHEDULED', proves: 'sent', reason: 'scheduled' },
  { name: 'ENROUTE', proves: 'sent', reason: 'on its way' },
  { name: 'DELIVRD', proves: 'delivered', reason: '' },
  { name: 'EXPIRED', proves: 'failed', reason: 'expired before the phone could be reached' },
  { name: 'DELETED', proves: 'failed', reason: 'deleted by the SMS centre' },
  { name: 'UNDELIV', proves: 'failed', reason: 'undeliverable' },
  { name: 'ACCEPTD', proves: 'sent', reason: 'accepted' },
  { name: 'UNKNOWN', proves: 'sent', reason: 'the SMS centre does not know what became of it' },
  { name: 'REJECTD', proves: 'failed', reason: 'rejected by the network' },
  { name: 'SKIPPED', proves: 'failed', reason: 'skipped by the SMS centre' },
];

function stateOf(word: string | undefined, code: number | undefined): (typeof states)[number] | undefined {
  const name = word?.toUpperCase().slice(0, 7);
  if (name === 'FAILED') return { name, proves: 'failed', reason: 'failed' };
  return states.find((state) => state.name.slice(0, 7) === name) ?? states[code ?? -1];
}

/**
 * Reads a delivery report: optional parameters where present, else the text of SMPP 3.4 appendix B
 * (`id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`), in any order and case.
 * The dates carry no time zone, so `at` is the time of arrival. Undefined where it names no message or no state.
 */
export function readReport(
  text: string,
  about: { id?: string; state?: number; from: string },
  at: number,
): Report | undefined {
  const head = text.slice(0, 400).replace(/\btext:.*$/is, '');
  const field = (name: string) => new RegExp(`\\b${name}:\\s*([^\\s]{1,64})`, 'i').exec(head)?.[1];
  const state = stateOf(field('stat'), about.state);
  const ids = [about.id, field('id')]
    .filter((value) => value !== undefined && value !== '')
    .map((value) => normalId(value ?? ''));
  if (!state || ids.length === 0) return undefined;
  const error = field('err');
  const detail = error && !/^0*$/.test(error) ? ` (error ${error})` : '';
  return { ids: [...new Set(ids)], from: about.from, proves: state.proves, reason: `${state.reason}${detail}`, at };
}

/** One spelling of an SMSC message id: lower case, numbers without leading zeros. */
export function normalId(id: string): string {
  const text = id.trim().toLowerCase().slice(0, 100);
  return /^[0-9a-f]+$/.test(text) ? text.replace(/^0+(?=.)/, '') : text;
}

type Form = Exclude<JournalState['reportIds'], 'unknown'>;

/** The id as a centre would have written it that answers in hexadecimal and reports in decimal, or the other way. */
function convert(id: string, form: Form): string {
  if (form === 'decimal' && /^[0-9]{1,38}$/.test(id)) return BigInt(id).toString(16);
  if (form === 'hex' && /^[0-9a-f]{1,32}$/.test(id)) return BigInt(`0x${id}`).toString(10);
  return id;
}

export type Known = {
  /** The number a single SMS with this id went to, if it is ours and lately sent. */
  single(id: string): string | undefined;
  /** Whether a send begun before `at` still waits for its answer, so that a report of that time may be its. */
  sendsUnderWay(at: number): boolean;
};

type Found = { id: string; form: Form };

/** Finds the sent message a report speaks of, its ids read in one of `forms`; in another base, the number must fit too. */
function find(state: JournalState, report: Report, known: Known, forms: readonly Form[]): Found | undefined {
  for (const form of forms) {
    for (const written of report.ids) {
      const id = convert(written, form);
      const to = known.single(id) ?? state.groups.find((group) => group.ids.includes(id))?.to;
      const sure = form === 'same' || state.reportIds === form || (to !== undefined && sameNumber(to, report.from));
      if (to !== undefined && sure) return { id, form };
    }
  }
  return undefined;
}

function sameNumber(one: string, other: string): boolean {
  const [a, b] = [one, other].map((number) => number.replace(/\D/g, '').slice(-7));
  return a !== '' && a === b;
}

function receipt(target: string, report: Report, proves: Proof, prefix = ''): Event {
  const reason = report.reason === '' ? undefined : `${prefix}${report.reason}`;
  return { type: 'receipt', target, proves, at: report.at, ...(reason === undefined ? {} : { reason }) };
}

/**
 * Applies a report. A long message is delivered when all its parts are, failed when one is. A report nobody waits for
 * is held while a send is under way, as its answer may still come; else it is passed on under its own id. How a centre
 * writes ids is guessed only then, and only until one report has told: small numbers mean something in both bases.
 */
export function applyReport(
  before: JournalState,
  report: Report,
  known: Known,
): { state: JournalState; events: Event[] } {
  const form = before.reportIds === 'unknown' ? 'same' : before.reportIds;
  const direct = find(before, report, known, [form]);
  if (!direct && known.sendsUnderWay(report.at)) return hold(before, report);
  const found =
    direct ?? (before.reportIds === 'unknown' ? find(before, report, known, ['decimal', 'hex']) : undefined);
  if (!found) return { state: before, events: [passOn(before, report)] };
  const tells =
    found.form !== 'same' || report.ids.some((id) => convert(id, 'decimal') !== id || convert(id, 'hex') !== id);
  const state = before.reportIds === 'unknown' && tells ? { ...before, reportIds: found.form } : before;
  const group = state.groups.find((candidate) => candidate.ids.includes(found.id));
  return group
    ? applyToGroup(state, group, found.id, report)
    : { state, events: [receipt(found.id, report, report.proves)] };
}

function passOn(state: JournalState, report: Report): Event {
  const id = convert(report.ids[0] ?? '', state.reportIds === 'unknown' ? 'same' : state.reportIds);
  return receipt(id, report, report.proves);
}

/** Past the bound, the oldest is passed on as it is. */
function hold(state: JournalState, report: Report): { state: JournalState; events: Event[] } {
  const early = [...state.early, report];
  const out = early.splice(0, Math.max(0, early.length - earlyLimit));
  return { state: { ...state, early }, events: out.map((oldest) => passOn(state, oldest)) };
}

type Group = JournalState['groups'][number];

function applyToGroup(
  state: JournalState,
  group: Group,
  id: string,
  report: Report,
): { state: JournalState; events: Event[] } {
  if (report.proves === 'sent') return { state, events: group.failed ? [] : [receipt(group.target, report, 'sent')] };
  const failed = group.failed || report.proves === 'failed';
  const done = group.done.includes(id) ? group.done : [...group.done, id];
  const complete = done.length === group.ids.length;
  const rest = state.groups.filter((other) => other !== group);
  const groups = complete ? rest : [...rest, { ...group, done, failed }];
  const part = `part ${group.ids.indexOf(id) + 1} of ${group.ids.length}: `;
  const events: Event[] = [];
  if (failed && !group.failed) events.push(receipt(group.target, report, 'failed', part));
  if (complete && !failed) events.push(receipt(group.target, report, 'delivered'));
  return { state: { ...state, groups }, events };
}

/** Remembers a long message that was accepted; its `target` is no part's own id, so no part alone can prove the whole. */
export function addGroup(state: JournalState, target: string, to: string, ids: string[], now: number): JournalState {
  const fresh = state.groups.filter((group) => group.at + groupLifeMs > now);
  return { ...state, groups: [...fresh, { target, to, ids, done: [], failed: false, at: now }].slice(-groupsLimit) };
}

/** Applies the held reports again, after an answer came; those still unmatched stay held while sends are under way. */
export function applyEarly(before: JournalState, known: Known): { state: JournalState; events: Event[] } {
  let state: JournalState = before.early.length > 0 ? { ...before, early: [] } : before;
  const events: Event[] = [];
  for (const report of before.early) {
    const next = applyReport(state, report, known);
    state = next.state;
    events.push(...next.events);
  }
  return { state, events };
}
