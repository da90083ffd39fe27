/**
 * Folds an answer down to what its writer typed: the quoted mail below it and the signature are left off.
 * Line by line and linear in the text: public reply parsers run nested regular expressions over the whole body,
 * and one hostile mail then stops the process.
 */
const maxHeaderLine = 400;

/** "On Tue, 3 Nov 2026, Bob wrote:" and its relatives; each is tried on one line, or two joined, of bounded length. */
const attributions = [
  /^On .{4,} wrote ?:$/i,
  /^Am .{4,} schrieb\b.*:$/i,
  /^Le .{4,} a écrit ?:$/i,
  /^El .{4,} escribió ?:$/i,
  /^Il .{4,} ha scritto ?:$/i,
  /^Em .{4,} escreveu ?:$/i,
  /^Op .{4,} schreef\b.*:$/i,
  /^Den .{4,} skrev\b.*:$/i,
  /^(?:W dniu|Dnia) .{4,} (?:pisze|napisał(?:\(a\))?) ?:$/iu,
  /^.{4,} (?:пишет|написал\(?а?\)?) ?:$/iu,
  /^在.{4,}写道[:：]$/u,
  /^\d{4}[年/.-].{4,}(?:のメッセージ|:|：|작성:)$/u,
];
const originals =
  /^-{2,} ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|forwarded message) ?-{2,}$/i;
const outlookFrom = /^\*?(?:From|Von|De|Da|Van)\s?:\*? .*(?:@|\[mailto:)/i;
const outlookNext = /^\*?(?:Sent|Date|To|Gesendet|Datum|An|Envoyé|Enviado|Inviato|Verzonden|Subject|Betreff)\s?:/i;
const mobile =
  /^(?:Sent from my|Sent via|Get Outlook for|Gesendet von|Von meinem .{1,60} gesendet|Envoyé de mon|Enviado desde mi|Inviato da|Verstuurd vanaf)\b.{0,80}$/i;

function isForwarded(line: string): boolean {
  return /^-{2,} ?forwarded message ?-{2,}$/i.test(line.trim()) || /^Begin forwarded message:$/i.test(line.trim());
}

function startsHistory(lines: string[], at: number): boolean {
  const line = lines[at]!.trim();
  if (line.length > maxHeaderLine) return false;
  if (originals.test(line)) return true;
  if (
    outlookFrom.test(line) &&
    lines.slice(at + 1, at + 3).some((next) => outlookNext.test(next.slice(0, 200).trim()))
  ) {
    return true;
  }
  const quoteFollows = (from: number) => {
    for (let i = from; i < Math.min(from + 4, lines.length); i++) {
      const next = lines[i]!.trimStart();
      if (next !== '') return next.startsWith('>');
    }
    return false;
  };
  if (attributions.some((pattern) => pattern.test(line))) return true;
  const joined = `${line} ${(lines[at + 1] ?? '').slice(0, maxHeaderLine).trim()}`;
  return quoteFollows(at + 2) && attributions.some((pattern) => pattern.test(joined));
}

/** Answers the visible part. An answer written below or between the quotes keeps its lines; only quotes are left off. */
export function foldReply(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const kept: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (isForwarded(line)) {
      kept.push(...lines.slice(i));
      break;
    }
    if (line === '-- ' || line === '--' || (mobile.test(line.slice(0, 200).trim()) && onlyBlankOrQuote(lines, i + 1))) {
      if (!answersBelow(lines, i + 1)) break;
      continue;
    }
    if (startsHistory(lines, i)) {
      if (!answersBelow(lines, i + 1)) break;
      continue;
    }
    if (!line.trimStart().startsWith('>')) kept.push(line);
  }
  const visible = kept
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return visible === '' ? text.trim() : visible;
}

function onlyBlankOrQuote(lines: string[], from: number): boolean {
  const next = lines.slice(from, from + 5).find((line) => line.trim() !== '');
  return next === undefined || next.trimStart().startsWith('>') || startsHistory(lines, lines.indexOf(next, from));
}

/** Whether plain lines follow a run of `>` lines: an answer written under the quote. */
function answersBelow(lines: string[], from: number): boolean {
  let quoted = false;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!.trimStart();
    if (line.startsWith('>')) quoted = true;
    else if (line !== '' && quoted) return line !== '--' && line !== '-- ' && !mobile.test(line.slice(0, 200));
    else if (line !== '' && !quoted && i > from + 3) return false;
  }
  return false;
}
