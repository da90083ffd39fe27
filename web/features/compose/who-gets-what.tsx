'use client';
import { useEffect, useRef } from 'react';
import { call } from '../../lib/api/client';
import type { PreviewRecipient, SendBody } from '../../lib/api/types';
import { usePreview } from '../../lib/api/use-preview';
import { clock, money, plural, sentence } from '../../lib/format';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { fromWords } from './from-words';
import { channelName } from './ways';
import { whenWords } from './when';

const settleMs = 600;
/** What goes within that is called "now". */
const soonMs = 20_000;

type Props = { conversationId: string; body: SendBody | null; onClose: () => void };
type Step = PreviewRecipient['steps'][number];

/** Before it is sent: who gets the message, by which way, when, and as what. Asked anew once the writer rests. */
export function WhoGetsWhat({ conversationId, body, onClose }: Props) {
  const { preview, busy, error } = usePreview(
    body,
    (given, signal) => call('previewMessage', { params: { id: conversationId }, body: given, signal }),
    settleMs,
  );
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const recipients = preview?.recipients ?? [];
  return (
    <section className="composer-part" aria-label="Who gets what" aria-busy={busy}>
      <header className="composer-part-head">
        <h2 ref={head} tabIndex={-1}>
          Who gets what
        </h2>
        <button type="button" className="icon-button" aria-label="Close who gets what" onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <FormError text={error} />
      {!body && <p className="muted">Write something to see it as it arrives.</p>}
      {body && !preview && !error && <p className="muted">Looking for the ways…</p>}
      {body && preview && (
        <>
          <p className="muted">
            {sentence(preview.sentence)} {fromWords[preview.from]}
          </p>
          {recipients.length === 1 && recipients[0] ? (
            <Steps recipient={recipients[0]} />
          ) : (
            <ul className="get-list" aria-label="People">
              {recipients.map((one) => (
                <li key={one.contactId ?? one.name}>
                  <details className="get">
                    <summary>
                      <b>{one.name}</b> <span className="muted">{inShort(one)}</span>
                    </summary>
                    <Steps recipient={one} />
                  </details>
                </li>
              ))}
            </ul>
          )}
          {preview.total > recipients.length && (
            <p className="muted">And {plural(preview.total - recipients.length, 'other')}.</p>
          )}
        </>
      )}
    </section>
  );
}

function inShort({ steps, problem }: PreviewRecipient): string {
  if (steps.length === 0) return problem ? sentence(problem) : 'Nothing';
  return steps.map((step) => `${channelName[step.channel]} ${whenOf(step)}`).join(', ');
}

function whenOf({ at, unless }: Step): string {
  const soon = Date.parse(at) - Date.now() < soonMs;
  const time = soon
    ? 'now'
    : new Date(at).toDateString() === new Date().toDateString()
      ? `at ${clock(at)}`
      : whenWords(at);
  return unless ? `if not ${unless} by ${soon ? 'now' : time.replace(/^at /, '')}` : time;
}

/** Every way one person would get it by, with what it is there. */
export function Steps({ recipient: { steps, problem } }: { recipient: PreviewRecipient }) {
  return (
    <>
      {problem && <p className="preview-problem">{sentence(problem)}</p>}
      <ol className="preview-steps">
        {steps.map((step) => (
          <li key={`${step.step}${step.accountId}${step.target}`} className="preview-step">
            <p className="preview-head">
              <NetworkGlyph network={step.network} channel={step.channel} quiet />
              <b>{networkName(step.network)}</b> to {step.target}, {whenOf(step)}
              <span className="preview-facts">
                {[
                  step.parts !== undefined && step.parts > 1 && plural(step.parts, 'part'),
                  step.cost && money(step.cost),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </p>
            {step.subject && <p className="preview-subject">{step.subject}</p>}
            <p className="preview-text" dir="auto">
              {step.text}
            </p>
            {step.links?.map((link) => (
              <p key={link.name} className="muted get-note">
                {link.name} goes as a link, good until {whenWords(link.expiresAt)}.
              </p>
            ))}
            {step.losses.map((loss) => (
              <p key={loss} className="preview-loss">
                {sentence(loss)}
              </p>
            ))}
            <p className="muted get-note">{sentence(step.why)}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
