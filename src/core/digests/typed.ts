import { ANSWER_MARK } from './letters.js';

/** "On Tue, 3 Nov 2026, Bob wrote:" in the languages whose programs quote nothing below it. */
const ATTRIBUTION =
  /^(?:On|Am|Le|El|Il|Em|Op|Den|W dniu|Dnia|Dne|Pe|Tue|Mon|Wed|Thu|Fri|Sat|Sun)\b.{6,}(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał|pisze|napsal|a scris).{0,80}[:：]$/iu;
const ATTRIBUTION_LAST = /(?:пишет|написал\(?а?\)?|写道|のメッセージ|작성)\s?[:：]$/u;
const HEADER = /^\*?\p{L}[\p{L} -]{0,24}\*?\s?:\*?\s?\S/u;
const SEPARATOR = /^(?:[-_=]{5,}|-{2,}\s?[\p{L} ']{4,40}\s?-{2,})$/u;
const MOBILE =
  /^(?:Sent from my|Sent via|Get Outlook for|Gesendet von|Von meinem .{1,60} gesendet|Envoyé de mon|Enviado desde mi|Inviato da|Verstuurd vanaf|Отправлено с)\b.{0,80}$/iu;
const LONGEST_LINE = 400;
const QUOTE = /^\s*>/;

/** What a person typed into an answer to a digest: without the quoted letter, what introduces it, and signatures. */
export function typed(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const mark = lines.findIndex((line) => line.includes(ANSWER_MARK));
  if (mark < 0)
    return withoutSignature(
      withoutIntroduction(
        lines.filter((line) => !QUOTE.test(line)),
        false,
      ),
    );
  const above = withoutSignature(withoutIntroduction(lines.slice(0, mark), true).filter((line) => !QUOTE.test(line)));
  if (above !== '' || !QUOTE.test(lines[mark] ?? '')) return above;
  // Written below or between what is quoted line by line.
  return withoutSignature(lines.slice(mark).filter((line) => !QUOTE.test(line)));
}

/** Leaves off, from the end, what a mail program writes between an answer and what it quotes: a line, or a header. */
function withoutIntroduction(lines: readonly string[], header: boolean): string[] {
  const kept = [...lines];
  const last = () => (kept.at(-1) ?? '').trim();
  const dropBlank = () => {
    while (kept.length > 0 && (last() === '' || last() === '>' || SEPARATOR.test(last()))) kept.pop();
  };
  dropBlank();
  const headers = kept.length - kept.findLastIndex((line) => !isHeader(line)) - 1;
  if (header && headers >= 3) kept.splice(kept.length - headers);
  dropBlank();
  for (let joined = 1; joined <= 3 && joined <= kept.length; joined += 1) {
    const said = kept
      .slice(-joined)
      .map((line) => line.replace(/^[\s>]+/, '').trim())
      .join(' ');
    if (said.length > LONGEST_LINE || !/[:：]$/u.test(said)) break;
    if (!ATTRIBUTION.test(said) && !ATTRIBUTION_LAST.test(said) && !introduces(said)) continue;
    kept.splice(kept.length - joined);
    break;
  }
  dropBlank();
  return kept;
}

const isHeader = (line: string): boolean => line.length <= LONGEST_LINE && HEADER.test(line.trim());

/** In any language: somebody's address, a date or a time, and a colon at the end. */
const introduces = (said: string): boolean => /<?[^\s<>]+@[^\s<>]+>?/.test(said) && /\d/.test(said);

function withoutSignature(lines: readonly string[]): string {
  const end = lines.findIndex((line) => /^--\s?$/.test(line));
  const kept = end < 0 ? [...lines] : lines.slice(0, end);
  while (
    kept.length > 0 &&
    ((kept.at(-1) ?? '').trim() === '' || MOBILE.test((kept.at(-1) ?? '').trim().slice(0, 200)))
  )
    kept.pop();
  return kept
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

export type Addressed =
  | { is: 'answer'; conversationId: string; text: string }
  /** Nobody can say where it goes; `why` is what its writer is told. */
  | { is: 'unclear'; why: string };

/** Where an answer to a digest goes: to its only conversation, or to the one whose number it begins with. */
export function addressed(said: string, conversationIds: readonly string[], files: number): Addressed {
  const [only] = conversationIds;
  if (said === '' && files === 0) return { is: 'unclear', why: 'There was no text above the mail that it answers.' };
  if (only === undefined) return { is: 'unclear', why: 'The mail it answers told of no messages.' };
  if (conversationIds.length === 1) return { is: 'answer', conversationId: only, text: said };
  const [, number, text = ''] = /^#?(\d{1,2})(?:[\s.:,)-]+([\s\S]*))?$/.exec(said) ?? [];
  const conversationId = number === undefined ? undefined : conversationIds[Number(number) - 1];
  if (conversationId === undefined)
    return {
      is: 'unclear',
      why: `Begin it with the number of the conversation, 1 to ${conversationIds.length}, such as "1 See you at eight".`,
    };
  if (text.trim() === '' && files === 0) return { is: 'unclear', why: `There was no text after the number ${number}.` };
  return { is: 'answer', conversationId, text: text.trim() };
}
