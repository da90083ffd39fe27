import { convert } from 'html-to-text';
import MarkdownIt from 'markdown-it';
import { cleanHtml } from './html.js';

/** Longer text goes out as it was typed. */
const LONGEST_MARKED = 20_000;

/** CommonMark with struck-out text and tables; no HTML of the writer's, no images, line ends as they were typed. */
const markdown = new MarkdownIt({ html: false, breaks: true, maxNesting: 20 }).disable('image');

const PLAIN = {
  wordwrap: false as const,
  selectors: [
    { selector: 'a', options: { linkBrackets: ['(', ')'], hideLinkHrefIfSameAsText: true } },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'blockquote', options: { trimEmptyLines: true } },
    // What is struck out is not meant: without a mark it would be.
    ...['s', 'del'].map((selector) => ({
      selector,
      format: 'inlineSurround',
      options: { prefix: '~', suffix: '~' },
    })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, colSpacing: 2 } },
  ],
};

/** Answers sanitised HTML, and a plain text that reads well where nothing else can be shown. */
export function formatMarkdown(source: string): { text: string; html: string | null } {
  if (source.length > LONGEST_MARKED) return { text: source, html: null };
  const html = cleanHtml(markdown.render(source));
  const text = html === null ? '' : convert(html, PLAIN).trim();
  return { text: text === '' ? source : text, html: html === null ? null : html.trim() };
}
