import sanitizeHtml from 'sanitize-html';

const options: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['a', 'b', 'strong', 'i', 'em', 'u', 's', 'del', 'code', 'pre', 'blockquote', 'br', 'p', 'div', 'span', 'img'],
    ...['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'table', 'thead', 'tbody', 'tr', 'td', 'th'],
  ],
  allowedAttributes: {
    a: ['href'],
    img: ['src', 'data-remote-src', 'alt', 'width', 'height'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
  },
  // The language of a block of code, which is coloured by it.
  allowedClasses: { code: ['language-*'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel', 'xmpp', 'irc', 'ircs', 'matrix', 'sms'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'svg', 'math'],
  nestingLimit: 50,
};

const MAX_HTML = 500_000;
const MAX_ADDRESS = 2_000;

/**
 * Safe to show: no scripts, styles, forms or other things that fetch. An image that came along (`cid:`) is shown from
 * where `files` says its part is; one of another server only says where it would be, in `data-remote-src`, and a client
 * asks before it loads it; of any other the words for it remain. Too long a document answers null.
 */
export function cleanHtml(html: string | undefined, files: ReadonlyMap<string, string> = new Map()): string | null {
  if (html === undefined || html.length > MAX_HTML) return null;
  const clean = sanitizeHtml(html, {
    ...options,
    transformTags: { img: (_tag, given) => image(given, files) },
  });
  const whole = clean.replaceAll('\u0000', '').toWellFormed();
  return whole === '' ? null : whole;
}

/** Cleaned HTML with words alone. */
export const withoutImages = (clean: string): string =>
  sanitizeHtml(clean, { ...options, allowedTags: (options.allowedTags || []).filter((tag) => tag !== 'img') });

/** The addresses of other servers' images that cleaned HTML speaks of. */
export function remoteImages(clean: string): string[] {
  const found = new Set<string>();
  sanitizeHtml(clean, {
    allowedTags: ['img'],
    transformTags: {
      img: (tagName, { 'data-remote-src': address }) => {
        if (address !== undefined) found.add(address);
        return { tagName, attribs: {} };
      },
    },
  });
  return [...found];
}

function image(given: sanitizeHtml.Attributes, files: ReadonlyMap<string, string>): sanitizeHtml.Tag {
  const { src = '', alt = '' } = given;
  const size = { ...sized('width', given.width), ...sized('height', given.height) };
  const part = /^cid:(.+)$/i.exec(src.trim())?.[1];
  const file = part === undefined ? undefined : (files.get(part) ?? files.get(decoded(part)));
  if (file !== undefined) return { tagName: 'img', attribs: { src: file, alt, ...size } };
  const remote = remoteAddress(src);
  if (remote !== undefined) return { tagName: 'img', attribs: { 'data-remote-src': remote, alt, ...size } };
  return { tagName: 'span', attribs: {}, text: alt };
}

const sized = (name: string, value: string | undefined) =>
  value !== undefined && /^\d{1,4}(px)?$/.test(value) ? { [name]: value.replace('px', '') } : {};

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function remoteAddress(src: string): string | undefined {
  const address = src.trim().startsWith('//') ? `https:${src.trim()}` : src.trim();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined;
  return url.href.length > MAX_ADDRESS ? undefined : url.href;
}
