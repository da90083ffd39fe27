import sanitizeHtml from 'sanitize-html';

const options: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['a', 'b', 'strong', 'i', 'em', 'u', 's', 'del', 'code', 'pre', 'blockquote', 'br', 'p', 'div', 'span'],
    ...['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'table', 'thead', 'tbody', 'tr', 'td', 'th'],
  ],
  allowedAttributes: { a: ['href'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel', 'xmpp', 'irc', 'ircs', 'matrix', 'sms'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'svg', 'math'],
  nestingLimit: 50,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
};

const MAX_HTML = 500_000;

/** Safe to show: no scripts, styles, forms, images or other things that fetch. Too long a document answers null. */
export function cleanHtml(html: string | undefined): string | null {
  if (html === undefined || html.length > MAX_HTML) return null;
  const clean = sanitizeHtml(html, options).replaceAll('\u0000', '').toWellFormed();
  return clean === '' ? null : clean;
}
