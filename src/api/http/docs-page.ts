import type { OpenApi, Operation } from './openapi.js';
import { contentSecurityPolicy, cspHash } from './security-headers.js';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.5rem; margin: 0 0 4px; } h2 { font-size: 1.1rem; margin: 32px 0 8px; }
details { border-top: 1px solid color-mix(in oklch, currentColor 15%, transparent); }
summary { display: flex; gap: 12px; padding: 8px 4px; cursor: pointer; align-items: baseline; flex-wrap: wrap; }
summary code { font-weight: 600; } summary span { opacity: .75; }
.method { min-width: 4.5em; } .auth { margin-left: auto; font-size: .85em; }
pre { overflow: auto; padding: 12px; background: color-mix(in oklch, currentColor 6%, transparent); font-size: 13px; }
td, th { text-align: left; padding: 2px 16px 2px 0; vertical-align: top; }
:target { background: color-mix(in oklch, currentColor 6%, transparent); }
`;

/** The OpenAPI document as a page to read: no script, nothing fetched from elsewhere. */
export function docsPage(document: OpenApi): { html: string; policy: string } {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parley API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>
<h1>Parley API ${escaped(document.info.version)}</h1><p>${escaped(document.info.description)}</p>
<p>Machine-readable: <a href="/api/v1/openapi.json">openapi.json</a></p>
${byTag(document).map(section).join('\n')}
<h2>Shapes</h2>
${Object.entries(document.components.schemas).map(shape).join('\n')}
</body></html>`;
  return { html, policy: contentSecurityPolicy({ styles: [cspHash(STYLE)] }) };
}

type Entry = { method: string; path: string; operation: Operation };

function byTag(document: OpenApi): [string, Entry[]][] {
  const tags = new Map<string, Entry[]>();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? 'Other';
      tags.set(tag, [...(tags.get(tag) ?? []), { method: method.toUpperCase(), path, operation }]);
    }
  return [...tags];
}

const section = ([tag, entries]: [string, Entry[]]) => `<h2>${escaped(tag)}</h2>${entries.map(call).join('\n')}`;

const call = ({ method, path, operation }: Entry) => `<details id="${escaped(operation.operationId)}">
<summary><code class="method">${method}</code><code>${escaped(path)}</code><span>${escaped(operation.summary)}</span>
<span class="auth">${operation.security.length === 0 ? 'anyone' : 'signed in'}</span></summary>
${parameters(operation)}${body(operation)}${Object.entries(operation.responses).map(answer).join('')}</details>`;

function parameters({ parameters }: Operation): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    (p) => `<tr><td><code>${escaped(p.name)}</code></td><td>${p.in}</td><td>${json(p.schema, true)}</td></tr>`,
  );
  return `<table><tr><th>Parameter</th><th>In</th><th>Schema</th></tr>${rows.join('')}</table>`;
}

function body({ requestBody }: Operation): string {
  if (requestBody === undefined) return '';
  return Object.entries(requestBody.content)
    .map(([type, { schema }]) => `<p>Body, ${escaped(type)}</p><pre>${json(schema)}</pre>`)
    .join('');
}

function answer([status, response]: [string, Operation['responses'][string]]): string {
  if (status === 'default') return '';
  const contents = Object.values(response.content ?? {}).map(({ schema }) => `<pre>${json(schema)}</pre>`);
  return `<p>${escaped(status)} ${escaped(response.description)}</p>${contents.join('')}`;
}

const shape = ([name, schema]: [string, unknown]) =>
  `<details id="shape-${escaped(name)}"><summary><code>${escaped(name)}</code></summary><pre>${json(schema)}</pre></details>`;

/** References become links to the shape. */
const json = (value: unknown, flat = false): string =>
  escaped(JSON.stringify(value, null, flat ? undefined : 2)).replace(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="#shape-$1">$1</a>',
  );

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'));
