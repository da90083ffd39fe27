/** What people write to get no more messages, or to get them again: the whole message, in any case, with or without signs. */
export const languages: Record<string, { name: string; stop: string[]; start: string[] }> = {
  en: {
    name: 'English',
    stop: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'OPT OUT', 'REVOKE'],
    start: ['START', 'UNSTOP', 'SUBSCRIBE', 'OPTIN', 'OPT IN'],
  },
  de: { name: 'Deutsch', stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN'], start: ['ANMELDEN'] },
  fr: { name: 'français', stop: ['ARRET', 'ARRÊT', 'DESABONNER', 'DÉSABONNER'], start: ['REPRENDRE', 'ABONNER'] },
  es: { name: 'español', stop: ['ALTO', 'BAJA', 'PARAR'], start: ['ALTA', 'EMPEZAR'] },
  it: { name: 'italiano', stop: ['FERMA', 'ANNULLA', 'DISISCRIVI'], start: ['INIZIA', 'ISCRIVI'] },
  nl: { name: 'Nederlands', stop: ['AFMELDEN', 'UIT'], start: ['AANMELDEN'] },
  pl: { name: 'polski', stop: ['REZYGNUJE', 'REZYGNUJĘ', 'WYPISZ'], start: ['ZAPISZ'] },
  pt: { name: 'português', stop: ['PARE', 'SAIR', 'CANCELAR'], start: ['VOLTAR', 'INICIAR'] },
  tr: { name: 'Türkçe', stop: ['DUR', 'IPTAL', 'İPTAL'], start: ['BASLA', 'BAŞLA'] },
};

export const defaultConfirmation = 'You will get no more messages from this number. Reply START to get them again.';

export type Words = { stop: ReadonlySet<string>; start: ReadonlySet<string> };

/** STOP and START are understood in every language; `more` are words of one's own. */
export function wordsOf(codes: readonly string[], more: { stop: readonly string[]; start: readonly string[] }): Words {
  const chosen = codes.flatMap((code) => languages[code] ?? []);
  const stop = ['STOP', ...chosen.flatMap((one) => one.stop), ...more.stop].map(plain);
  const start = ['START', ...chosen.flatMap((one) => one.start), ...more.start].map(plain);
  return { stop: new Set(stop.filter(Boolean)), start: new Set(start.filter(Boolean)) };
}

export function wishIn(text: string, words: Words): 'stop' | 'start' | undefined {
  if (text.length > 60) return undefined;
  const said = plain(text);
  if (words.stop.has(said)) return 'stop';
  return words.start.has(said) ? 'start' : undefined;
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toUpperCase();
