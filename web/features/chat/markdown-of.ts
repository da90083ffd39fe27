import Turndown from 'turndown';

const turndown = new Turndown({
  headingStyle: 'atx',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
  emDelimiter: '*',
  // The line ends of what is written are line ends.
  br: '',
});
turndown.addRule('struck out', { filter: ['s', 'del'], replacement: (words) => `~~${words}~~` });

/** What was written with marks, with its marks again. A table is not written so: its words are. */
export function markdownOf({ html, text }: { html?: string; text: string }): string {
  if (html === undefined || html.includes('<table')) return text;
  return turndown.turndown(html).replace(/ +\n/g, '\n');
}
