import type { Button, Features, OutgoingMessage } from '../../sdk/index.js';

/** Buttons as lines of text, for networks that have none. */
export function buttonLines(buttons: readonly (readonly Button[])[]): string[] {
  return buttons.flat().map(({ label, url }, index) => `${index + 1}. ${label}${url === undefined ? '' : `: ${url}`}`);
}

type Written = Pick<OutgoingMessage, 'text' | 'html' | 'buttons'>;

/** The message as its network can carry it: with buttons, or with lines in their place. */
export function withButtons<M extends Written>(message: M, send: Pick<Features['send'], 'buttons'>): M {
  const { buttons, ...rest } = message;
  if (buttons === undefined || send.buttons === 'full') return message;
  const lines = buttonLines(buttons);
  return {
    ...(rest as M),
    text: [message.text, ...lines].filter((line) => line !== '').join('\n'),
    ...(message.html === undefined ? {} : { html: message.html + htmlOf(buttons) }),
  };
}

function htmlOf(buttons: readonly (readonly Button[])[]): string {
  const lines = buttons.flat().map(({ label, url }, index) => {
    const link = url === undefined ? '' : `: <a href="${escaped(url)}">${escaped(url)}</a>`;
    return `${index + 1}. ${escaped(label)}${link}`;
  });
  return `<p>${lines.join('<br>')}</p>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
