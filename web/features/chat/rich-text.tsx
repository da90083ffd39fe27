'use client';
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { safeHref } from '../../lib/text';

const shown = new Set(
  'b strong i em u s del code pre blockquote br p div span ul ol li h1 h2 h3 h4 h5 h6 hr table thead tbody tr td th'.split(
    ' ',
  ),
);
const deepest = 50;

/**
 * Draws the server's sanitised HTML as elements of our own: only the tags above, no attribute but a safe address.
 * The parsed document is inert, and nothing of it is put into the page.
 */
export function RichText({ html }: { html: string }) {
  const content = useMemo(() => {
    const { body } = new DOMParser().parseFromString(html, 'text/html');
    return childrenOf(body, 0);
  }, [html]);
  return (
    <div className="rich" dir="auto">
      {content}
    </div>
  );
}

function childrenOf(node: Node, depth: number): ReactNode[] {
  return [...node.childNodes].map((child, index) => draw(child, index, depth + 1));
}

function draw(node: Node, key: number, depth: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (!(node instanceof Element) || depth > deepest) return null;
  const tag = node.localName;
  if (tag === 'a') return drawLink(node, key, depth);
  if (tag === 'br' || tag === 'hr') return createElement(tag, { key });
  const inside = childrenOf(node, depth);
  if (!shown.has(tag)) return <Fragment key={key}>{inside}</Fragment>;
  // White space between the parts of a table is not allowed there.
  const parts = /^(table|thead|tbody|tr)$/.test(tag) ? inside.filter((part) => typeof part !== 'string') : inside;
  return createElement(tag, { key }, ...parts);
}

function drawLink(node: Element, key: number, depth: number): ReactNode {
  const href = safeHref(node.getAttribute('href'));
  const inside = childrenOf(node, depth);
  if (!href) return <Fragment key={key}>{inside}</Fragment>;
  return (
    <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {inside}
    </a>
  );
}
