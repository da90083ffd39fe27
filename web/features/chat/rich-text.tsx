'use client';
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { t } from '../../lib/i18n';
import { safeHref } from '../../lib/text';
import { Icon } from '../../ui/icons';
import { Code } from '../media/code';

const shown = new Set(
  'b strong i em u s del code pre blockquote br p div span ul ol li h1 h2 h3 h4 h5 h6 hr table thead tbody tr td th'.split(
    ' ',
  ),
);
const deepest = 50;
const ours = /^\/api\/v1\/attachments\/[\w-]+$/;
const largestSide = 2000;

/** Where an image of another server may be loaded from; null while it may not. */
export type Remote = ((url: string) => string) | null;

/**
 * Draws the server's sanitised HTML as elements of our own: only the tags above, no attribute but a safe address.
 * The parsed document is inert, and nothing of it is put into the page. Images that came along are drawn; those of
 * other servers only once `remote` says from where.
 */
export function RichText({ html, remote }: { html: string; remote: Remote }) {
  const content = useMemo(() => {
    const { body } = new DOMParser().parseFromString(html, 'text/html');
    return childrenOf(body, 0, remote);
  }, [html, remote]);
  return (
    <div className="rich" dir="auto">
      {content}
    </div>
  );
}

function childrenOf(node: Node, depth: number, remote: Remote): ReactNode[] {
  return [...node.childNodes].map((child, index) => draw(child, index, depth + 1, remote));
}

function draw(node: Node, key: number, depth: number, remote: Remote): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (!(node instanceof Element) || depth > deepest) return null;
  const tag = node.localName;
  if (tag === 'a') return drawLink(node, key, depth, remote);
  if (tag === 'img') return drawImage(node, key, remote);
  if (tag === 'pre') return <Code key={key} code={textOf(node)} language={languageOf(node)} />;
  if (tag === 'br' || tag === 'hr') return createElement(tag, { key });
  const inside = childrenOf(node, depth, remote);
  if (!shown.has(tag)) return <Fragment key={key}>{inside}</Fragment>;
  // White space between the parts of a table is not allowed there.
  const parts = /^(table|thead|tbody|tr)$/.test(tag) ? inside.filter((part) => typeof part !== 'string') : inside;
  return createElement(tag, { key }, ...parts);
}

const textOf = (node: Element): string => (node.textContent ?? '').replace(/\n$/, '');

/** As Markdown's fences name it. */
const languageOf = (node: Element): string =>
  /(?:^|\s)language-([\w+#.-]{1,20})/.exec(node.querySelector('code')?.className ?? '')?.[1]?.toLowerCase() ?? '';

function drawLink(node: Element, key: number, depth: number, remote: Remote): ReactNode {
  const href = safeHref(node.getAttribute('href'));
  const inside = childrenOf(node, depth, remote);
  if (!href) return <Fragment key={key}>{inside}</Fragment>;
  return (
    <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {inside}
    </a>
  );
}

function drawImage(node: Element, key: number, remote: Remote): ReactNode {
  const alt = node.getAttribute('alt') ?? '';
  const size = { width: sideOf(node, 'width'), height: sideOf(node, 'height') };
  const src = node.getAttribute('src') ?? '';
  const away = node.getAttribute('data-remote-src');
  if (ours.test(src)) return <img key={key} src={src} alt={alt} loading="lazy" decoding="async" {...size} />;
  if (!away) return alt;
  if (remote) return <img key={key} src={remote(away)} alt={alt} loading="lazy" decoding="async" {...size} />;
  // One-pixel images are there to be counted, not to be seen.
  if ((size.width ?? 9) < 4 || (size.height ?? 9) < 4) return null;
  return (
    <span key={key} className="image-held" title={t('content.image-held')}>
      <Icon name="image" size={14} /> {alt || t('content.image')}
    </span>
  );
}

function sideOf(node: Element, name: 'width' | 'height'): number | undefined {
  const side = Number(node.getAttribute(name) ?? Number.NaN);
  return Number.isInteger(side) && side > 0 && side <= largestSide ? side : undefined;
}
